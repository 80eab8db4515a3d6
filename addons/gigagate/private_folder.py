"""The state directory is this user's alone: what another may write there, we would believe.

A planted key would sign links, a planted mitmproxy/config.yaml load scripts, and through a link we
would write where the other one likes.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

_OURS = ("*.key", "*.pem", "*.json", "*.sqlite3*", "workers", "mitmproxy", "mitmproxy/*")
"""What is made and believed there, now and in time to come."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS_ENTER = stat.S_IXGRP | stat.S_IXOTH


def make(folder: Path) -> None:
    """Makes the folder and its parents, mode 0700.  Raises OSError."""
    for missing in reversed([p for p in (folder, *folder.parents) if not os.path.lexists(p)]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(0, "it is no directory")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(0, "this user may not write there")


def fault(folder: Path) -> str | None:
    """Who but this user could change what is in it, as a sentence; None if nobody."""
    return next(_faults(folder), None) if os.name == "posix" else None


def fault_of_file(file: Path) -> str | None:
    """Why a file in it is not to be believed; None too if there is none."""
    if os.name != "posix":
        return None
    try:
        state = file.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(state.st_mode):
        return f"{file} is a symbolic link"
    if state.st_uid != os.geteuid():
        return f"{file} belongs to another user"
    return None


def _faults(folder: Path) -> Iterator[str]:
    me = os.geteuid()
    for link in (folder, *folder.parents):
        if link.is_symlink() and link.lstat().st_uid not in (0, me):
            yield f"{link} is a symbolic link of another user"
    real = folder.resolve()
    for parent in real.parents:
        state = parent.stat()
        if state.st_uid not in (0, me):
            yield f"{parent} belongs to another user"
        if state.st_mode & stat.S_IWOTH and not state.st_mode & stat.S_ISVTX:
            yield f"everybody may write in {parent}"
    state = real.stat()
    if state.st_uid != me:
        yield f"{folder} belongs to another user"
    if state.st_mode & _OTHERS_WRITE:
        yield f"others may write in {folder} (chmod go-w)"
    for entry in (entry for pattern in _OURS for entry in real.glob(pattern)):
        if fault := fault_of_file(entry):
            yield fault
        elif state.st_mode & _OTHERS_ENTER and entry.lstat().st_mode & _OTHERS_WRITE:
            yield f"others may write {entry} (chmod go-w)"
