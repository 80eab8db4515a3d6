"""What one process knows of the store that lends it slots, and what it may do without it.

With the store away each process goes on alone, with an equal part of the limit: at most what it
held at first, and its whole part once the others must have noticed too.  A store that comes back
empty lends nothing until every process has told it again what it holds.
"""

import time
from collections.abc import Callable

from gigagate.slots.store import SECONDS, Claim, Share

HEARTBEAT = 2.0
"""A claim is renewed this often, well within the time it is remembered."""
SETTLE = 2 * HEARTBEAT
"""After it every process has told a store that has forgotten everything what it holds."""


class Lender:
    """The arithmetic of claims, without I/O: whoever asks the store passes its answers on here."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self.held = 0
        """Slots the process may use now."""
        self.others_wait = False
        """A slot that gets free goes back: others wait, or too many have been taken."""
        self.alone = False
        """The last claim could not be made."""
        self._clock = clock
        self._known = False
        self._others = 0
        self._others_hold = 0
        self._last_contact: float | None = None
        self._settled_at = float("-inf")

    def resize(self, limit: int, in_use: int) -> None:
        self.limit = limit
        if self.held > limit:
            self.held = max(limit, in_use)
            self.others_wait = True

    def claim(self, in_use: int, waiting: int) -> Claim:
        settling = self._clock() < self._settled_at
        wanted = min(waiting - (self.held - in_use), self.limit - self.held)
        return Claim(self.held, 0 if settling else max(0, wanted), self._known)

    def lent(self, share: Share) -> None:
        self.alone = False
        self.held += share.granted
        overdrawn = self.held + share.others_hold > self.limit
        self.others_wait = share.others_wait or overdrawn
        self._known = True
        self._others, self._others_hold = share.others, share.others_hold
        self._last_contact = self._clock()
        if share.forgotten:
            self._settled_at = self._clock() + SETTLE

    def unreachable(self) -> None:
        self.alone = True
        self.others_wait = False

    def go_alone(self, in_use: int) -> None:
        """Come to the process's part of the limit, as far as that is safe already."""
        if self._last_contact is None:
            self.held = self.limit
            return
        part = max(1, self.limit // (self._others + 1))
        unclaimed = self._others_hold + part <= self.limit
        if self.held > part:
            self.held = max(part, in_use)
        elif unclaimed or self._clock() - self._last_contact >= SECONDS:
            self.held = part

    def give_back(self, in_use: int) -> None:
        self.held = in_use

    def left(self) -> None:
        """The store has been told to forget the process."""
        self._known = False
