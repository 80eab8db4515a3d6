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
        self.last = 0
        """The number of the latest line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Without mitmproxy's lines about each connection."""
        return record.levelno > logging.INFO or not record.name.startswith("mitmproxy")

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()[:LONGEST]
        except Exception:
            self.handleError(record)
            return
        level = record.levelname.lower()
        self.last += 1
        line = {"id": self.last, "time": record.created, "level": level, "text": text}
        self._lines.append(line)

    def lines(self, after: int = 0) -> list[dict[str, Any]]:
        """The oldest first: {"id", "time": unix seconds, "level", "text"}; with a greater id."""
        return [line for line in list(self._lines) if line["id"] > after]
