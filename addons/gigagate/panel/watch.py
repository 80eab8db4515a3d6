"""Whether somebody looks at the panel of any process, told by the time of a file.

A process that is not looked at itself then lets the others see its requests at once.
"""

import contextlib
import os
from pathlib import Path

FILE = "panel-watched"
LASTS = 30.0
"""Seconds after which a look is over if it is not renewed."""


class Watch:
    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def look(self, now: float) -> None:
        """Somebody looks.  now: unix time."""
        with contextlib.suppress(OSError):
            self._file.touch(mode=0o600)
            os.utime(self._file, (now, now))

    def anyone(self, now: float) -> bool:
        try:
            return now - self._file.stat().st_mtime < LASTS
        except OSError:
            return False
