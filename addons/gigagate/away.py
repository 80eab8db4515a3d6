"""A server that cannot be reached: reported with the time since when, not once an attempt.

Every request tries again for a while, so a minute without GigaChat is hundreds of failed attempts:
the first is a line in the log, then one a minute, and the first success is one more.
"""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

REMIND = 60.0
"""Seconds between two lines while it is away."""


class Away:
    """Threads may share it.  name: how a sentence begins.  clock: unix time."""

    def __init__(self, name: str, clock: Callable[[], float] = time.time) -> None:
        self.name = name
        self.since: float | None = None
        """Unix time of the first failure; None while it answers."""
        self.reason = ""
        self._clock = clock
        self._attempts = 0
        self._told_at = 0.0
        self._lock = threading.Lock()

    def failed(self, reason: str) -> None:
        now = self._clock()
        with self._lock:
            first = self.since is None
            if self.since is None:
                self.since, self._attempts = now, 0
            self.reason = reason
            self._attempts += 1
            if not first and 0 <= now - self._told_at < REMIND:
                return
            self._told_at = now
        told = "" if first else f", {self._attempts} attempts"
        logger.warning("%s is away %s%s: %s", self.name, self.since_when, told, reason)

    def answered(self) -> None:
        if self.since is None:
            return
        with self._lock:
            since, attempts, self.since = self.since, self._attempts, None
        if since is not None:
            seconds = max(0.0, self._clock() - since)
            logger.warning("%s is back after %.0f s, %d failed", self.name, seconds, attempts)

    @property
    def since_when(self) -> str:
        """ "since 12:03:04"; "" while it answers."""
        since = self.since
        return "" if since is None else time.strftime("since %H:%M:%S", time.localtime(since))

    @property
    def problem(self) -> str | None:
        """A sentence for whoever asks how it is; None while it answers."""
        return f"{self.name} is away {self.since_when}: {self.reason}" if self.since else None
