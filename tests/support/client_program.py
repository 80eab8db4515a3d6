"""A real client program: run with a home of its own, on loopback only, and nothing left running."""

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType

import psutil
from tests.support.real_parts import NODE

NOWHERE = "http://127.0.0.1:9"
"""The proxy for everything outside: nobody listens there."""

LOOPBACK_ONLY = Path(__file__).with_name("loopback_only.cjs")
"""For Node, which does not look at such a proxy."""

_LAST_SECONDS = 10


class ClientProgram:
    """`with ClientProgram(program, home) as client: client.run("--version", folder=here)`."""

    def __init__(self, program: Path, home: Path, environment: Mapping[str, str] = {}) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._program = program
        self._environment = {
            "HOME": str(home),
            "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
            "HTTP_PROXY": NOWHERE,
            "HTTPS_PROXY": NOWHERE,
            "NO_PROXY": "localhost,127.0.0.1",
            "NODE_OPTIONS": f'--require "{LOOPBACK_ONLY}"',
            **environment,
        }

    def __enter__(self) -> "ClientProgram":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        left = self.running()
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=10)

    def run(
        self, *arguments: str, folder: Path, seconds: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Runs to its end.  A program that takes longer is killed: subprocess.TimeoutExpired.

        Into files, not pipes: a daemon it leaves would keep those open.
        """
        command = [str(self._program), *arguments]
        with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            ended = subprocess.run(
                command,
                env=self._environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                timeout=seconds,
            )
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(command, ended.returncode, out.read(), err.read())

    def running(self) -> list[psutil.Process]:
        """What it has started and left, daemons too: they are known by the home they were given."""
        home = self._environment["HOME"]
        return [
            process
            for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get("HOME") == home
        ]

    def stays(self) -> list[psutil.Process]:
        """What goes on running; a child may hear a moment late that its parent has ended."""
        psutil.wait_procs(self.running(), timeout=_LAST_SECONDS)
        return self.running()
