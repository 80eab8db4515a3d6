"""What a place to keep things can do, and how much it may hold."""

from typing import Protocol

SECONDS = 3600
"""A thing's life."""
MOST_BYTES = 64 * 1024 * 1024
"""The sum of all things: the oldest go first."""
LARGEST = 16 * 1024 * 1024
"""Bytes of one thing.  A larger one is not kept."""


class ShelfStore(Protocol):
    """`owner` and `name` are any texts.  Its methods may block, and raise StoreError."""

    def load(self, owner: str, name: str) -> bytes | None: ...
    def save(self, owner: str, name: str, content: bytes) -> None: ...
    def drop(self, owner: str, name: str) -> None: ...
