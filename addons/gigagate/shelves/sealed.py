"""Things are made small and encrypted on their way into a store that others may read.

What was sealed with another key, or for another owner or name, is as good as absent.
"""

import hashlib
import zlib
from base64 import urlsafe_b64encode
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken

from gigagate.shelves.store import LARGEST

_LABEL = 32
"""Bytes before the content: the hash of whose it is and what it is called."""


class SealedTexts(Protocol):
    """A store of texts by the hash of whose they are and what they are called."""

    def load(self, key: str) -> str | None: ...
    def save(self, key: str, text: str) -> None: ...
    def drop(self, key: str) -> None: ...


class SealedStore:
    """Implements ShelfStore."""

    def __init__(self, texts: SealedTexts, secret: bytes) -> None:
        """secret: 32 bytes."""
        self._texts = texts
        self._fernet = Fernet(urlsafe_b64encode(secret))

    def load(self, owner: str, name: str) -> bytes | None:
        label = _label(owner, name)
        sealed = self._texts.load(label.hex())
        if sealed is None:
            return None
        try:
            opened = self._fernet.decrypt(sealed)
            if opened[:_LABEL] != label:
                return None
            inflate = zlib.decompressobj()
            content = inflate.decompress(opened[_LABEL:], LARGEST)
        except (InvalidToken, zlib.error, ValueError):
            return None
        return content if inflate.eof else None

    def save(self, owner: str, name: str, content: bytes) -> None:
        if len(content) > LARGEST:
            return
        label = _label(owner, name)
        sealed = self._fernet.encrypt(label + zlib.compress(content, 1))
        self._texts.save(label.hex(), sealed.decode())

    def drop(self, owner: str, name: str) -> None:
        self._texts.drop(_label(owner, name).hex())


def _label(owner: str, name: str) -> bytes:
    return hashlib.sha256(f"{owner}\0{name}".encode(errors="replace")).digest()
