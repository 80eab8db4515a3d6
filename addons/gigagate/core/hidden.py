"""Known secrets out of what GigaChat says: it may repeat the very token it was sent.

`redact.mask` knows what secrets look like; this one knows what they are.
"""

import json
from collections.abc import Collection
from functools import lru_cache

from gigagate.core.redact import MASK

_MIN = 8
"""Characters; anything shorter is no secret, and may be part of any word."""
_UNSAFE_IN_HTML = "=<>&'+"
"""Some writers of JSON, Java's Gson among them, escape these."""


@lru_cache(maxsize=8)
def _spellings(secret: str) -> tuple[bytes, ...]:
    """The secret as it is, and as a JSON text may have it."""
    strict = json.dumps(secret)[1:-1]
    for_html = "".join(f"\\u{ord(c):04x}" if c in _UNSAFE_IN_HTML else c for c in strict)
    spelt = {secret, strict, for_html, strict.replace("/", "\\/"), for_html.replace("/", "\\/")}
    return tuple(each.encode() for each in spelt)


class Hidden:
    """The mask over secrets in one answer, whose bytes may come in any pieces."""

    def __init__(self, secrets: Collection[str]) -> None:
        spelt = {each for s in secrets if len(s) >= _MIN for each in _spellings(s)}
        self._secrets = sorted(spelt, key=len)[::-1]
        self._longest = max(map(len, self._secrets), default=0)
        self._held = b""

    def whole(self, content: bytes) -> bytes:
        for secret in self._secrets:
            if secret in content:
                content = content.replace(secret, MASK.encode())
        return content

    def text(self, content: str) -> str:
        return self.whole(content.encode(errors="surrogateescape")).decode(errors="surrogateescape")

    def feed(self, piece: bytes) -> bytes:
        """What may go on; a tail that may be the beginning of a secret waits for what follows."""
        content = self.whole(self._held + piece)
        kept = self._unfinished(content)
        self._held = content[len(content) - kept :] if kept else b""
        return content[: len(content) - kept] if kept else content

    def end(self) -> bytes:
        held, self._held = self._held, b""
        return held

    def _unfinished(self, content: bytes) -> int:
        """Bytes at the end that begin a secret.  An event ends in a line break, no secret has one:
        so this hardly ever looks."""
        if content.endswith(b"\n"):
            return 0
        first = max(0, len(content) - self._longest + 1)
        kept = 0
        for secret in self._secrets:
            at = content.find(secret[:1], first)
            while at >= 0:
                if secret.startswith(content[at:]):
                    kept = max(kept, len(content) - at)
                    break
                at = content.find(secret[:1], at + 1)
        return kept
