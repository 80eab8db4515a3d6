"""Servers as the bench sees them: started, answering, measured, stopped by their process id."""

import contextlib
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil
from tests.bench import load, traffic

_TERM_SECONDS = 5


class NotStarted(Exception):
    """A server ended, or did not answer in time; the message ends with what it logged last."""


class Server:
    """A process with all its descendants."""

    def __init__(self, process: psutil.Popen) -> None:
        self._process = process

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def resident_megabytes(self) -> float:
        """RSS summed over the tree; pages shared between its processes count each time."""
        return float(sum(p.memory_info().rss for p in self._tree())) / 1_000_000

    def cpu_seconds(self) -> float:
        """User and system time spent by the tree so far."""
        times = [process.cpu_times() for process in self._tree()]
        return float(sum(t.user + t.system for t in times))

    def stop(self) -> None:
        """SIGTERM, then SIGKILL for what is left after five seconds."""
        tree = self._tree() if not self.ended else []
        for process in tree:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
        for process in psutil.wait_procs(tree, timeout=_TERM_SECONDS)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()

    def _tree(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]


@contextlib.contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator[Server]:
    """Run `command` in `folder`, logging into its file `log`; stopped however the block ends.

    The environment is `environment` and the bare minimum, so that no setting of the person who
    measures changes what is measured.  A session of its own keeps Ctrl-C for us to pass on.
    """
    home = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    with (folder / "log").open("wb") as log:
        server = Server(
            psutil.Popen(
                list(command),
                cwd=folder,
                env=home | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        )
    try:
        yield server
    finally:
        server.stop()


def wait_until_answering(
    server: Server, port: int, folder: Path, seconds: float, ca_file: Path | None = None
) -> None:
    """Return at the first chat answered with 200; ask every 10 ms."""
    deadline = time.monotonic() + seconds
    while True:
        status = _chat_status(port, ca_file)
        if status == 200:
            return
        if server.ended or time.monotonic() > deadline:
            log = (folder / "log").read_text(errors="replace")
            raise NotStarted(f"last answer: {status or 'none'}; it logged:\n{log[-2000:]}")
        time.sleep(0.01)


def _chat_status(port: int, ca_file: Path | None) -> int | None:
    body = traffic.small()
    try:
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(
                socket.create_connection(("127.0.0.1", port), timeout=10)
            )
            if ca_file:
                tls = ssl.create_default_context(cafile=ca_file)
                connection = stack.enter_context(
                    tls.wrap_socket(connection, server_hostname="localhost")
                )
            connection.sendall(load.head(len(body)) + body)
            answer = connection.recv(4096)
    except OSError:
        return None
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else None
