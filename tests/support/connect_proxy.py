"""A company's proxy: real ones as processes, and one that does what a test says."""

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

from tests.support.log_file import HasLogFile
from tests.support.ports import free_port
from tests.support.proxy import MITMDUMP
from tests.support.waiting import until

NAMES = Path(__file__).with_name("names_of_a_company.py")


class ProxyProcess(HasLogFile):
    """`with mitmproxy(folder) as company:` is there until the block ends."""

    def __init__(self, folder: Path, command: Sequence[str], port: int) -> None:
        self.command, self.port = command, port
        self.log_file = folder / f"company-{port}.log"
        self.url = f"http://127.0.0.1:{port}"

    def __enter__(self) -> "ProxyProcess":
        with self.log_file.open("wb") as log:
            environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )
        until(self.listens, seconds=40)
        return self

    def listens(self) -> bool:
        assert self.process.poll() is None, self.output()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def __exit__(self, *exception: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def mitmproxy(folder: Path, *arguments: str) -> ProxyProcess:
    port = free_port()
    (confdir := folder / "company").mkdir(exist_ok=True)
    command = [MITMDUMP, "--mode", "regular", "--listen-host", "127.0.0.1", "-p", str(port)]
    return ProxyProcess(folder, [*command, "--set", f"confdir={confdir}", *arguments], port)


def tinyproxy(folder: Path, program: str, user: str, password: str) -> ProxyProcess:
    port = free_port()
    config = folder / "tinyproxy.conf"
    config.write_text(
        f"Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 50\nAllow 127.0.0.1\n"
        f"BasicAuth {user} {password}\nLogLevel Connect\nDisableViaHeader Yes\n"
    )
    return ProxyProcess(folder, [program, "-d", "-c", str(config)], port)


class ConnectProxy:
    """Opens the way, unless `answers` holds what to say first; b"" is silence."""

    def __init__(self) -> None:
        self.answers: dict[str, list[bytes]] = {}
        """By the target's port."""
        self.asked: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "ConnectProxy":
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := client.recv(65536)):
                    return
                head += data
            self.asked.append(head)
            _, _, port = head.split(b" ")[1].decode().rpartition(":")
            if left := self.answers.get(port):
                if said := left.pop(0):
                    client.sendall(said)
                else:
                    client.recv(1)
                return
            with socket.create_connection(("127.0.0.1", int(port))) as server:
                client.sendall(b"HTTP/1.0 200 Connection established\r\nProxy-Agent: t\r\n\r\n")
                back = threading.Thread(target=_carry, args=(server, client), daemon=True)
                back.start()
                _carry(client, server)
                back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
