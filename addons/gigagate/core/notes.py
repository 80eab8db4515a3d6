"""What was changed on the way to GigaChat, one plain sentence a rewrite.

Notes feed the log, the stats (by `kind`) and the "What changed" view; they never hold a prompt.
"""

from collections.abc import Iterator
from typing import NamedTuple


class Note(NamedTuple):
    kind: str
    """Bounded vocabulary, for counting: "content", "model", "parameter", "tools", …"""
    text: str


class Notes:
    def __init__(self) -> None:
        self._notes: list[Note] = []

    def add(self, kind: str, text: str) -> None:
        self._notes.append(Note(kind, text))

    def begin_anew(self) -> None:
        """The request is translated once more."""
        self._notes.clear()

    def __iter__(self) -> Iterator[Note]:
        return iter(self._notes)

    def __len__(self) -> int:
        return len(self._notes)
