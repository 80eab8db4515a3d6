"""The work and the text that one request's schemas may become.

A few references to each other can stand for more nodes than any machine has time for, and one long
description that many of them share for more text than any model reads. What a schema says itself
is within the budget, which grows with its length up to what no model reads any more; what
references make of it is cut.
"""

from typing import Any

from gigagate.core import compact_json

_NODES = 2000
_BYTES_A_NODE = 16
_MAX_NODES = 20_000
_CHARACTERS = 100_000
_CHARACTERS_A_BYTE = 4
_MAX_CHARACTERS = 4_000_000
"""More than the largest model reads."""

MAX_NOTES = 8
"""Faults that are noted of one request; the others are alike."""


class SchemaBudget:
    """What is left for the schemas of one request.  size: bytes of them all, as JSON."""

    def __init__(self, size: int) -> None:
        self._nodes = min(_NODES + size // _BYTES_A_NODE, _MAX_NODES)
        self._characters = min(_CHARACTERS + size * _CHARACTERS_A_BYTE, _MAX_CHARACTERS)
        self._notes: dict[str, None] = {}

    @classmethod
    def of(cls, *schemas: object) -> "SchemaBudget":
        return cls(sum(map(_size, schemas)))

    def take(self, nodes: int = 1) -> bool:
        """Whether there is still work to spend."""
        self._nodes -= nodes
        if self._nodes < 0:
            self.note("schemas cut: their references lead to too much")
        return self._nodes >= 0

    def write(self, characters: int) -> bool:
        """Whether there is still text to spend."""
        self._characters -= characters
        if self._characters < 0:
            self.note("schemas cut: their texts are repeated too often")
        return self._characters >= 0

    def note(self, fault: str) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes[fault] = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know about the schemas, each once."""
        return tuple(self._notes)


def _size(schema: Any) -> int:
    try:
        return len(compact_json.dumps(schema))
    except RecursionError:
        return 0
