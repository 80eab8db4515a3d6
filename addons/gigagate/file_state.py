"""Whether files have changed since they were last looked at, told without reading them."""

from collections.abc import Iterable
from pathlib import Path

FileState = list[tuple[int, int] | None]
"""The time of change and the size of each file; None where there is no file."""


def of(files: Iterable[Path]) -> FileState:
    return [_of(file) for file in files]


def _of(file: Path) -> tuple[int, int] | None:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size
