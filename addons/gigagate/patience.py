"""How long GigaChat's answer is waited for, attempt by attempt.

Clients wait some ten minutes, and so do we. An answer that comes in one piece (whole, or a function
call, whose arguments GigaChat sends in one event) says nothing until it is there, so it is bounded
by `total` alone. Time in which the client does not read is not GigaChat's silence.
"""

import math
from typing import Protocol

LOOK_UP = 15.0
"""Seconds for a look-up, in which no model takes part."""


class Bounds(Protocol):
    """Seconds."""

    @property
    def first_byte(self) -> float: ...
    @property
    def idle(self) -> float: ...
    @property
    def total(self) -> float: ...


class Patience:
    """The patience with one request. Times are seconds on one clock."""

    def __init__(self, now: float, *, in_one_piece: bool, most: float = math.inf) -> None:
        """most: seconds for all of it, where `total` is too long."""
        self._most = most
        self._began = now
        self._in_one_piece = in_one_piece
        self._sent = now
        self._heard: float | None = None
        self._client_slept = 0.0

    def left(self, now: float, limits: Bounds) -> float:
        """Seconds until all of it has taken too long."""
        return self.in_all(limits) - (now - self._began)

    def in_all(self, limits: Bounds) -> float:
        """Seconds."""
        return min(self._most, limits.total)

    def sent(self, now: float) -> None:
        """An attempt has gone out."""
        self._sent, self._heard = now, None

    def heard(self, now: float) -> None:
        """GigaChat has said something."""
        self._heard = now

    def client_sleeps(self, now: float) -> None:
        """What GigaChat has said still waits for the client, so nothing more is read."""
        if self._heard is not None:
            self._client_slept += now - self._heard
            self._heard = now

    def late(self, now: float, limits: Bounds) -> str | None:
        """What GigaChat did not do in time, as "GigaChat ..." goes on; None: wait on."""
        if now - self._began > self._most:
            return f"did not answer within {self._most:g} s, which is long for a look-up"
        if now - self._began > limits.total:
            return (
                f"did not end its answer within {limits.total:g} s (deadlines.total){self._why()}"
            )
        if self._in_one_piece:
            return None
        if self._heard is None:
            if now - self._sent > limits.first_byte:
                return (
                    f"did not begin its answer within {limits.first_byte:g} s "
                    "(deadlines.first_byte)"
                )
        elif now - self._heard > limits.idle:
            return f"fell silent for {limits.idle:g} s (deadlines.idle)"
        return None

    def _why(self) -> str:
        slept = round(self._client_slept)
        return f"; for {slept} s of them the client did not read" if slept else ""
