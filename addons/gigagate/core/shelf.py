"""What an API keeps from one request to the next: named pieces, a client's own.

Translation neither waits nor reads files, so whatever a request refers to is brought before it, and
what it leaves is taken away after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Shelf:
    found: Mapping[str, bytes] = field(default_factory=dict)
    """What the request refers to, as far as it is there."""
    keeps: bool = True
    """False: nothing is kept on this proxy."""
    kept: dict[str, bytes] = field(default_factory=dict)
    """To be kept from now on."""
    dropped: set[str] = field(default_factory=set)
    """To be forgotten."""

    def keep(self, name: str, content: bytes) -> None:
        if self.keeps:
            self.kept[name] = content
