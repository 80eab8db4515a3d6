"""What happens thousands of times a second is worth a line a minute."""

import logging
import time
from collections.abc import Callable

_PERIOD = 60.0


class Rarely:
    """clock: seconds, never set back."""

    def __init__(self, logger: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._logger = logger
        self._clock = clock
        self._again: float | None = None

    def warn(self, message: str, *arguments: object) -> None:
        """Nothing, if the last one is less than a minute old."""
        now = self._clock()
        if self._again is None or now >= self._again:
            self._again = now + _PERIOD
            self._logger.warning(message, *arguments)
