"""Streams of GigaChat's made wrong at random, on the wire: no 500, no hang, no crash."""

import random
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from tests.support.proxy import Proxy
from tests.support.pulse import Pulse
from tests.test_fuzz_stream import APIS, CASES, SEED, mutated, pieces

from gigagate.emulator import EmulatorThread
from gigagate.emulator.tls import server_context

ON_THE_WIRE = CASES // 30
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Babbler:
    """A GigaChat that answers each request, on a connection of its own, with a mutated stream."""

    def __init__(self, state_dir: Path) -> None:
        self.context = server_context(state_dir)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.base_url = f"https://localhost:{self.listener.getsockname()[1]}/api/v1"

    def __enter__(self) -> "Babbler":
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        try:
            with self.context.wrap_socket(connection, server_side=True) as client:
                asked = client.recv(65536)
                while b"seed " not in asked:
                    asked += client.recv(65536)
                seed = asked.split(b"seed ")[1].split(b'"')[0].decode()
                chance = random.Random(seed)
                client.sendall(HEAD)
                for piece in pieces(mutated(chance), chance):
                    client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        except OSError:
            pass  # the proxy has heard enough


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("babbler")
    with EmulatorThread(state_dir=folder / "emulator") as oauth:
        with Babbler(folder / "emulator") as babbler:
            environment = {"GIGACHAT_BASE_URL": babbler.base_url}
            settings = {"limits": {"slots": 8}, "deadlines": {"retry": 2}}
            with Proxy(oauth, folder, environment=environment, settings=settings) as proxy:
                yield proxy


def end_of(proxy: Proxy, path: str, seed: str) -> str:
    """ "done", or an error's code or type, by the judge of that API."""
    asked, ending, _ = APIS[path]
    said = f"seed {seed}"
    forms: dict[str, object] = {
        "input": said,
        "messages": [{"role": "user", "content": said}],
        "contents": [{"parts": [{"text": said}]}],
    }
    words = {name: form for name, form in forms.items() if name in asked}
    answer = requests.post(proxy.url + path, json=asked | words, timeout=30)
    if answer.status_code != 200:
        error = answer.json()["error"]
        return str(error.get("status") or error.get("code") or error["type"])
    return ending(answer.content)


@pytest.mark.timeout(120 + ON_THE_WIRE // 10)
@pytest.mark.parametrize("path", APIS)
def test_every_stream_ends_in_an_answer_or_in_an_error(proxy: Proxy, path: str) -> None:
    seeds = [f"{SEED}:{number}" for number in range(ON_THE_WIRE)]
    with Pulse(proxy), ThreadPoolExecutor(8) as clients:
        ends = set(clients.map(lambda seed: end_of(proxy, path, seed), seeds))
    assert {"done", APIS[path][2]} <= ends
    assert "internal_error" not in ends
    for word in ("Traceback", "crashed", "Addon error", "error of the proxy", "Translation failed"):
        assert word not in proxy.output()
