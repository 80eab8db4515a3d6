"""Whether an upstream is known to be away: then nobody waits a whole deadline to be told so again.

            an attempt   fails     fails for the   is answered   asks to go out
                                   last time
    closed               closed    open            closed        goes
    open                 open      open            closed        half-open if the pause is over
    half-open            open      open            closed        goes if the probe says nothing

"For the last time": a request gives up, and nothing but failures has been heard for as long as a
request is repeated, SHORTEST at least.  Half-open, one attempt is under way, the probe; all others
are refused.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from gigagate.errors import GigaGateError
from gigagate.retries import LONGEST_PAUSE

PAUSE = 2.0
"""Seconds from a failure to the next probe.  Clients that obey Retry-After wait as long, each of
thirty times."""
LONGEST = 60.0
"""The same, where the upstream asks for more (Retry-After)."""
SHORTEST = 5.0
"""Seconds of failures that are an outage, however short requests are repeated."""
FORGOTTEN = 60.0
"""Seconds after which a failure that nobody has repeated says nothing about the next one."""
SILENCE = 10.0
"""Seconds after which a probe that has said nothing holds nobody up: it was not turned away, or its
client has left."""


class OutageListener(Protocol):
    def failed(self, reason: str) -> None: ...

    def answered(self) -> None: ...


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class OutageEvent(StrEnum):
    FAILED = "failed"
    LASTED = "failed for the last time"
    ANSWERED = "answered"
    GOES = "goes out"


NEXT: Mapping[tuple[State, OutageEvent], State] = {
    (State.CLOSED, OutageEvent.FAILED): State.CLOSED,
    (State.CLOSED, OutageEvent.LASTED): State.OPEN,
    (State.CLOSED, OutageEvent.ANSWERED): State.CLOSED,
    (State.CLOSED, OutageEvent.GOES): State.CLOSED,
    (State.OPEN, OutageEvent.FAILED): State.OPEN,
    (State.OPEN, OutageEvent.LASTED): State.OPEN,
    (State.OPEN, OutageEvent.ANSWERED): State.CLOSED,
    (State.OPEN, OutageEvent.GOES): State.HALF_OPEN,
    (State.HALF_OPEN, OutageEvent.FAILED): State.OPEN,
    (State.HALF_OPEN, OutageEvent.LASTED): State.OPEN,
    (State.HALF_OPEN, OutageEvent.ANSWERED): State.CLOSED,
    (State.HALF_OPEN, OutageEvent.GOES): State.HALF_OPEN,
}


class Switch:
    """The switch of one upstream.  Times are seconds on one clock that never goes back."""

    def __init__(self, told: OutageListener | None = None) -> None:
        """told: of each failure, and of the answer that ends them."""
        self._told = told
        self.state = State.CLOSED
        self.failure: GigaGateError | None = None
        """The last one, if nothing has been answered since."""
        self.since = 0.0
        """When the first attempt of those that failed began."""
        self.failed_at = 0.0
        self._next = 0.0
        """When another attempt may go out."""

    @property
    def known(self) -> bool:
        """The upstream is known to be away."""
        return self.state is not State.CLOSED

    def wait(self, now: float) -> float:
        """Seconds until an attempt may go out; 0: it may."""
        return max(0.0, self._next - now) if self.known else 0.0

    def goes(self, now: float) -> bool:
        """Whether an attempt may go out; if so, it does."""
        if self.wait(now):
            return False
        if self.known:
            self._next = now + SILENCE
        self.state = NEXT[self.state, OutageEvent.GOES]
        return True

    def failed(
        self, failure: GigaGateError, now: float, *, began: float, gives_up: bool, deadline: float
    ) -> None:
        """began: the attempt.  deadline: seconds in which a request's attempts are repeated."""
        if self.failure is None or (not self.known and began - self.failed_at > FORGOTTEN):
            self.since = began
        self.failure, self.failed_at = failure, now
        if self._told is not None:
            self._told.failed(failure.message)
        lasted = gives_up and now - self.since >= max(deadline - LONGEST_PAUSE, SHORTEST)
        self.state = NEXT[self.state, OutageEvent.LASTED if lasted else OutageEvent.FAILED]
        if self.known:
            self._next = now + max(PAUSE, min(failure.retry_after or 0, LONGEST))

    def answered(self) -> None:
        """It is there, whatever it says."""
        if self._told is not None and self.failure is not None:
            self._told.answered()
        self.failure = None
        self.state = NEXT[self.state, OutageEvent.ANSWERED]
