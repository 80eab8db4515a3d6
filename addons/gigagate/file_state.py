"""Whether files have changed since they were last looked at, told without reading them."""

from collections.abc import Iterable
from pathlib import Path

FileState = list[tuple[int, int, int] | None]
"""The time of change, the size and the inode of each file; None where there is no file.

The inode tells a file that was moved into the place with its old time.
"""


def of(files: Iterable[Path]) -> FileState:
    return [_of(file) for file in files]


def _of(file: Path) -> tuple[int, int, int] | None:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino
