"""The headers of a message on the wire.

Forty looks are taken at them for each request, and mitmproxy's own make two calls for each header
at each look.
"""

from typing import Self

from mitmproxy.http import Headers

Fields = tuple[tuple[bytes, bytes], ...]


class QuickHeaders(Headers):
    @classmethod
    def of(cls, fields: Fields) -> Self:
        """These fields, not copied."""
        headers = cls()
        headers.fields = fields
        return headers

    def get_all(self, name: str | bytes) -> list[str]:
        in_bytes = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
        wanted = in_bytes.lower()
        return [
            value.decode("utf-8", "surrogateescape")
            for key, value in self.fields
            if key.lower() == wanted
        ]
