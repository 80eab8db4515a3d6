"""The last lines of the proxy's log, for the panel.  Secrets are masked before a line gets here."""

import logging
from collections import deque
from typing import Any

MOST = 500
LONGEST = 4000
"""Characters of one line."""


class LogTail(logging.Handler):
    """A handler that keeps the last lines in memory."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[dict[str, Any]] = deque(maxlen=MOST)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()[:LONGEST]
        except Exception:
            self.handleError(record)
            return
        level = record.levelname.lower()
        self._lines.append({"time": record.created, "level": level, "text": text})

    def lines(self) -> list[dict[str, Any]]:
        """The oldest first: {"time": unix seconds, "level", "text"}."""
        return list(self._lines)
