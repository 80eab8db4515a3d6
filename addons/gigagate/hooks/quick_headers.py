"""The headers of a message that passes through the proxy.

Forty looks are taken at them for each request.  Mitmproxy's own walk through all headers at each,
with two calls for each of them; these are indexed at the first look.
"""

from typing import Self

from mitmproxy.http import Headers

Fields = tuple[tuple[bytes, bytes], ...]


class QuickHeaders(Headers):
    _indexed: Fields | None = None
    """The fields that `_folded` was made of: a change makes new ones."""
    _folded: dict[bytes, str]
    """Name in lower case -> value, several of one name folded."""

    @classmethod
    def of(cls, fields: Fields) -> Self:
        """These fields, neither copied nor checked."""
        headers = cls.__new__(cls)
        headers.fields = fields
        return headers

    def get[T](self, name: str | bytes, default: T | None = None) -> str | T | None:
        if self._indexed is not self.fields:
            self._index()
        in_bytes = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
        return self._folded.get(in_bytes.lower(), default)

    def __getitem__(self, name: str | bytes) -> str:
        if self._indexed is not self.fields:
            self._index()
        try:
            return self._folded[_canonical(name)]
        except KeyError:
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        if self._indexed is not self.fields:
            self._index()
        return isinstance(name, (str, bytes)) and _canonical(name) in self._folded

    def get_all(self, name: str | bytes) -> list[str]:
        wanted = _canonical(name)
        return [
            value.decode("utf-8", "surrogateescape")
            for key, value in self.fields
            if key.lower() == wanted
        ]

    def _index(self) -> None:
        folded: dict[bytes, str] = {}
        for key, value in self.fields:
            name, text = key.lower(), value.decode("utf-8", "surrogateescape")
            folded[name] = f"{folded[name]}, {text}" if name in folded else text
        self._indexed, self._folded = self.fields, folded


def _canonical(name: str | bytes) -> bytes:
    in_bytes = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
    return in_bytes.lower()
