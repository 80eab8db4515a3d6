"""Whose turn it is: slots go to clients in turn, to each one's requests first come, first served.

Stride scheduling: a client's pass grows with each slot it gets, the less the more weight it has,
and the smallest pass is next.  Who has not asked for a while has saved nothing: it joins at the
pass of whoever was served last.  So a flood of one client holds up its own requests, and others
wait for a slot, not for the flood.
"""

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

REMEMBERED = 1000
"""Clients that have had more than their share, and do not wait now."""


class InLine(Protocol):
    @property
    def client(self) -> str: ...


class Turns[T: InLine]:
    def __init__(self, weights: Mapping[str, float] = MappingProxyType({})) -> None:
        """weights: by the client's name; others have 1."""
        self.weights = weights
        self._lines: dict[str, deque[T]] = {}
        """The clients that wait, in the order in which they began to."""
        self._passes: dict[str, float] = {}
        self._served = 0.0
        """The pass of whoever was served last."""
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __contains__(self, one: T) -> bool:
        return one in self._lines.get(one.client, ())

    def append(self, one: T) -> None:
        line = self._lines.get(one.client)
        if line is None:
            line = self._lines[one.client] = deque()
            self._passes[one.client] = max(self._passes.get(one.client, 0.0), self._served)
        line.append(one)
        self._length += 1

    def pop(self) -> T:
        """Whose turn it is.  IndexError if nobody waits."""
        if not self._lines:
            raise IndexError
        client = min(self._lines, key=self._passes.__getitem__)
        one = self._lines[client].popleft()
        self._left(client)
        self.count(client)
        if line := self._lines.pop(client, None):  # of equal passes, who was served goes last
            self._lines[client] = line
        return one

    def count(self, client: str) -> None:
        """It has been given a slot, in its turn or while nobody waited."""
        at = max(self._passes.get(client, 0.0), self._served)
        self._served = at
        if len(self._passes) >= REMEMBERED:
            self._forget()
        self._passes[client] = at + 1 / self.weights.get(client, 1.0)

    def remove(self, one: T) -> None:
        self._lines[one.client].remove(one)
        self._left(one.client)

    def pop_longest(self) -> T:
        """The last one of whoever waits with most requests, for its weight.  IndexError if nobody
        waits."""
        if not self._lines:
            raise IndexError
        client = max(self._lines, key=self._length_of)
        one = self._lines[client].pop()
        self._left(client)
        return one

    def is_longest(self, client: str) -> bool:
        """Whether one more request of it would make its line the longest, for its weight."""
        mine = self._length_of(client) + 1 / self.weights.get(client, 1.0)
        return all(self._length_of(other) <= mine for other in self._lines if other != client)

    def _length_of(self, client: str) -> float:
        return len(self._lines.get(client, ())) / self.weights.get(client, 1.0)

    def _left(self, client: str) -> None:
        self._length -= 1
        if not self._lines[client]:
            del self._lines[client]

    def _forget(self) -> None:
        waiting = self._lines.keys()
        ahead = sorted(self._passes.items(), key=lambda item: item[1])[REMEMBERED // 2 :]
        self._passes = {
            client: at for client, at in self._passes.items() if client in waiting
        } | dict(ahead)
