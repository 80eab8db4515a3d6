"""Things kept in this process: gone when it ends."""

import time
from collections import OrderedDict
from collections.abc import Callable

from gigagate.shelves.store import LARGEST, MOST_BYTES, SECONDS


class MemoryStore:
    """Implements ShelfStore.  Never blocks."""

    def __init__(
        self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.bytes = 0
        """Held now."""
        self._most_bytes = most_bytes
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()
        """The oldest first: (end of life, content)."""

    def load(self, owner: str, name: str) -> bytes | None:
        self._tidy()
        found = self._kept.get((owner, name))
        return found[1] if found else None

    def save(self, owner: str, name: str, content: bytes) -> None:
        self.drop(owner, name)
        if len(content) > min(LARGEST, self._most_bytes):
            return
        self._kept[owner, name] = (self._clock() + SECONDS, content)
        self.bytes += len(content)
        self._tidy()

    def drop(self, owner: str, name: str) -> None:
        if (found := self._kept.pop((owner, name), None)) is not None:
            self.bytes -= len(found[1])

    def _tidy(self) -> None:
        now = self._clock()
        while self._kept:
            key, (ends, _) = next(iter(self._kept.items()))
            if ends > now and self.bytes <= self._most_bytes:
                return
            self.drop(*key)
