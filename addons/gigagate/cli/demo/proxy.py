"""The demo's proxy: a child process, started as a user would start it, that ends with the demo."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from gigagate.cli import ADDONS
from gigagate.emulator import Emulator
from gigagate.running import DEFAULT_HOST, DEFAULT_PORT

START_SECONDS = 30
STOP_SECONDS = 5

GREETING = "GigaGate listens on"
TIME_STAMP = re.compile(r"^\[[\d:.]+\] ?")


def free_port(wanted: int = DEFAULT_PORT) -> int:
    """`wanted`, or any port that is free if it is not; 0: any."""
    for port in (wanted, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((DEFAULT_HOST, port))
            except OSError:
                continue
            found: int = listener.getsockname()[1]
            return found
    raise OSError("no TCP port is free on 127.0.0.1")


def settings_of(emulator: Emulator) -> dict[str, str]:
    """The environment variables of a proxy in front of this emulator."""
    return {
        "GIGACHAT_AUTH_KEY": emulator.authorization_key,
        "GIGACHAT_BASE_URL": emulator.base_url,
        "GIGACHAT_AUTH_URL": emulator.auth_url,
        "GIGACHAT_CA_BUNDLE_FILE": str(emulator.ca_file),
    }


def environment(settings: Mapping[str, str], folder: Path) -> dict[str, str]:
    """This process's own, with no setting of the user's: the demo is the same everywhere."""
    nothing = folder / "nothing"
    nothing.touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIGA")}
    return {
        **kept,
        **settings,
        "GIGAGATE_ENV_FILE": str(nothing),
        "GIGAGATE_CONFIG": str(nothing),
        "GIGAGATE_STATE_DIR": str(folder / "state"),
        "PYTHONPATH": str(ADDONS),
    }


class DemoProxy:
    """A context manager: the running proxy."""

    def __init__(self, port: int, environ: Mapping[str, str]) -> None:
        self.port = port
        self.lines: list[str] = []
        """Its log so far, without time stamps."""
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "gigagate", "serve", "--verbose", "-p", str(port)],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        self.reader = threading.Thread(target=self.read, args=[self.process.stdout], daemon=True)
        self.reader.start()

    def read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self.lines.append(TIME_STAMP.sub("", line.rstrip()))

    def wait_until_healthy(self) -> bool:
        """It must have said itself that it listens: another program may have taken the port."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if any(GREETING in line for line in self.lines) and self.is_healthy():
                return True
            time.sleep(0.05)
        self.stop()
        return False

    def is_healthy(self) -> bool:
        connection = HTTPConnection(DEFAULT_HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def lines_about(self, path: str, since: int, seconds: float = 2) -> list[str]:
        """What the log says of a request to `path`, which it may say a little after the answer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if any(path in line for line in self.lines[since:]):
                time.sleep(0.1)
                break
            time.sleep(0.02)
        return self.lines[since:]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Everything it said is in `lines` then."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(STOP_SECONDS)
