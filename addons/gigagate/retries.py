"""Whether a failed attempt is worth another, and when.  Asked before the client has seen anything.

A request GigaChat turned away unread (429, 503, no connection) may be repeated until the deadline.
One that may have been carried out (500, 502, 504, a connection that broke) is repeated once: a
chat completion is paid for each time.  Anything else would fail again.
"""

import random
from collections.abc import Callable

from gigagate.errors import GigaGateError, ProxyRefused, UpstreamUntrusted

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
"""Seconds; the pause before attempt n is a random part of FIRST_PAUSE * 2**n, up to this.

A server that asks for a longer one gets it; one that asks for none (`Retry-After: 0`, or a date
that has passed) would be asked without end, so it never makes a pause shorter."""

OF_A_LOOK_UP = 5.0
"""Seconds in which a look-up is repeated: who asks for a list waits a moment, not a minute."""

TURNED_AWAY = frozenset({429, 503})
PERHAPS_CARRIED_OUT = frozenset({500, 502, 504})


class Retries:
    """The retries of one request."""

    def __init__(
        self,
        until: float,
        *,
        whole: float = 0.0,
        random_part: Callable[[], float] = random.random,
    ) -> None:
        """until: the overall deadline, on the clock whose `now` is given to `pause`.
        whole: seconds from the request's beginning to it."""
        self._until = until
        self.whole = whole
        self._random_part = random_part
        self._repeated_once = False
        self.reasons: list[str] = []
        """The code of every failed attempt that was repeated."""

    def until(self, deadline: float) -> None:
        """An earlier deadline."""
        self._until = min(self._until, deadline)

    def pause(self, failure: GigaGateError, now: float) -> float | None:
        """Seconds to wait before the next attempt; None: let the client have the failure."""
        if isinstance(failure, UpstreamUntrusted | ProxyRefused):
            return None
        if failure.status in PERHAPS_CARRIED_OUT:
            if self._repeated_once:
                return None
            self._repeated_once = True
        elif failure.status not in TURNED_AWAY:
            return None
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(len(self.reasons), 10))
        pause: float = max(longest * self._random_part(), failure.retry_after or 0)
        if now + pause >= self._until:
            return None
        self.reasons.append(failure.code or str(failure.status))
        return pause
