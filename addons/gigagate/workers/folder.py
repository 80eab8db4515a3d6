"""The folder that the workers of one supervisor share, private to the user.

It bears the supervisor's process id and is gone with it; one whose supervisor was killed is removed
by the next one that starts.
"""

import contextlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple, Self

from gigagate import private_file, running
from gigagate.running import Keys
from gigagate.telemetry import metrics_sum
from gigagate.workers.snapshot import Snapshot

FOLDERS = "workers"
"""In the state directory."""
SHARED = "shared.json"


@dataclass(frozen=True, slots=True)
class SharedFacts:
    """What all workers have in common."""

    supervisor: int
    """Its process id."""
    wanted: int
    """Workers."""
    started: float
    """Unix time."""
    keys: Keys
    protections: tuple[str, ...] = ()
    """In force when the supervisor started: a worker started again later must have them too."""


class Left(NamedTuple):
    """What workers have left, the living and those not (yet) started again."""

    living: list[Snapshot]
    dead: list[Snapshot]


class Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def make(cls, state_dir: Path, shared: SharedFacts) -> Self:
        """Raises OSError."""
        folders = state_dir / FOLDERS
        folders.mkdir(mode=0o700, exist_ok=True)
        path = folders / str(shared.supervisor)
        for old in folders.iterdir():
            if old == path or (old.name.isdecimal() and not running.lives(int(old.name))):
                shutil.rmtree(old, ignore_errors=True)
        folder = cls(path)
        folder.share(shared)
        return folder

    def share(self, shared: SharedFacts) -> None:
        """Before each start of a worker: somebody may have removed the folder.  Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_file.write(self.path / SHARED, json.dumps(asdict(shared)).encode())

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        with contextlib.suppress(OSError):  # another supervisor's is there too
            self.path.parent.rmdir()

    def shared(self) -> SharedFacts:
        """Raises OSError."""
        told = json.loads((self.path / SHARED).read_text(encoding="utf-8"))
        told |= {"keys": Keys(**told["keys"]), "protections": tuple(told["protections"])}
        return SharedFacts(**told)

    def publish(self, snapshot: Snapshot) -> None:
        """Raises OSError."""
        content = json.dumps(asdict(snapshot)).encode()
        try:
            private_file.write(self._file(snapshot.index), content)
        except FileNotFoundError:  # removed by whoever tidies up
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            private_file.write(self._file(snapshot.index), content)

    def latest(self, index: int) -> Snapshot | None:
        try:
            return Snapshot(**json.loads(self._file(index).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def started(self, index: int, pid: int) -> Snapshot | None:
        """What this process has left, once it listens."""
        latest = self.latest(index)
        return latest if latest is not None and latest.pid == pid else None

    def all(self, wanted: int) -> Left:
        left = Left([], [])
        for index in range(1, wanted + 1):
            if (snapshot := self.latest(index)) is not None:
                (left.living if running.lives(snapshot.pid) else left.dead).append(snapshot)
        return left

    def past(self, index: int) -> str:
        """Metrics of those that have died with this index: to be asked before the first word."""
        latest = self.latest(index)
        return metrics_sum.keep([latest.metrics, latest.past]) if latest else ""

    def _file(self, index: int) -> Path:
        return self.path / f"{index}.json"


@dataclass(frozen=True, slots=True)
class Member:
    """What a worker is told at its start."""

    folder: Path
    index: int
    port: int | None
    """Where the others listen; None: this is the first of all."""

    @classmethod
    def of_environment(cls) -> Self:
        told = json.loads(os.environ[running.WORKER])
        return cls(Path(told["folder"]), told["index"], told["port"])

    def environment(self) -> dict[str, str]:
        told = {"folder": str(self.folder), "index": self.index, "port": self.port}
        return {running.WORKER: json.dumps(told)}
