"""Where proxies of this user run, so that `./run.sh status` finds them.

Each writes a file into the state directory and removes it at its end; the file of one that died is
recognised by its process id.  The file also holds a key of this one run, by which the command line
may ask for what else needs a client's key.
"""

import contextlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from gigagate import private_file

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 4000
"""Where a proxy listens if nobody says otherwise."""

WORKER = "WORKER_OF_GIGAGATE"
"""In the environment of one process of many (gigagate.workers), and of no other."""


@dataclass(frozen=True, slots=True)
class Running:
    pid: int
    url: str
    """http://host:port"""
    started: float
    """Unix time."""
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one run."""

    command_line: str = field(repr=False)
    form: str = field(repr=False)
    """In the status page, so that no other page can press its button."""
    admin: str = field(repr=False)
    """The admin's, where none is set."""

    @classmethod
    def new(cls) -> Self:
        return cls(*(secrets.token_urlsafe(24) for _ in range(3)))


def announce(state_dir: Path, running: Running) -> None:
    private_file.write(_file(state_dir, running.pid), json.dumps(asdict(running)).encode())


def withdraw(state_dir: Path, pid: int) -> None:
    _file(state_dir, pid).unlink(missing_ok=True)


def find(state_dir: Path) -> list[Running]:
    """The latest first.  Files of dead processes are removed."""
    found = []
    for file in state_dir.glob("running-*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError):
            running = Running(**json.loads(file.read_text(encoding="utf-8")))
            if lives(running.pid):
                found.append(running)
            else:
                file.unlink(missing_ok=True)
    return sorted(found, key=lambda running: running.started, reverse=True)


def lives(pid: int) -> bool:
    """Windows has no harmless way to ask: there whoever calls finds out by connecting."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _file(state_dir: Path, pid: int) -> Path:
    return state_dir / f"running-{pid}.json"
