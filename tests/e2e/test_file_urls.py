"""Pictures that a client names by their address."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.support.proxy import ENTRY, MITMDUMP, ROOT, Proxy
from tests.support.samples import PNG
from tests.support.serving import serving

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

ALLOWED = {"images": {"allow_urls": True}}


class Pictures(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[dict[str, str]] = []
        self.came, self.let_go = threading.Event(), threading.Event()
        self.let_go.set()


class Handler(BaseHTTPRequestHandler):
    server: Pictures

    def do_GET(self) -> None:
        self.server.asked.append({name.lower(): value for name, value in self.headers.items()})
        self.server.came.set()
        self.server.let_go.wait(20)
        self.send_response(200)
        self.send_header("Content-Length", str(len(PNG)))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    with serving(Pictures()) as server:
        yield server


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("emulator")
    with EmulatorThread(state_dir=folder, config=EmulatorConfig(concurrency=0)) as emulator:
        yield emulator


def ask(proxy: Proxy, pictures: Pictures) -> requests.Response:
    url = f"http://localhost:{pictures.server_port}/a.png?token=secret"
    parts = [{"type": "text", "text": "?"}, {"type": "image_url", "image_url": {"url": url}}]
    body = {"model": "gigachat", "messages": [{"role": "user", "content": parts}]}
    headers = {"Authorization": "Bearer client-key", "Cookie": "a=b"}
    return requests.post(
        f"{proxy.base_url}/chat/completions", json=body, headers=headers, timeout=20
    )


def test_this_machine_is_out_of_reach_even_where_addresses_are_allowed(
    emulator: Emulator, pictures: Pictures, tmp_path: Path
) -> None:
    with Proxy(emulator, tmp_path, settings=ALLOWED) as proxy:
        emulator.log.clear()
        answer = ask(proxy, pictures)
        assert answer.status_code == 400
        assert "no such host is on the public internet" in answer.json()["error"]["message"]
        assert "secret" not in answer.text
        assert [one.path for one in emulator.log if "oauth" not in one.path] == []
    assert pictures.asked == []


def test_a_picture_is_fetched_and_uploaded_once_and_gets_nothing_of_ours(
    emulator: Emulator, pictures: Pictures, tmp_path: Path
) -> None:
    command = (MITMDUMP, "-s", str(ENTRY), "-s", str(ROOT / "tests/support/allow_loopback.py"))
    with Proxy(emulator, tmp_path, settings=ALLOWED, command=command) as proxy:
        emulator.log.clear()
        for _ in range(2):
            content = ask(proxy, pictures).json()["choices"][0]["message"]["content"]
            assert "Файлов вижу: 1" in content
    (headers,) = pictures.asked
    assert headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}
    assert sum(one.path.endswith("/files") for one in emulator.log) == 1


def test_a_slow_address_holds_no_slot(
    pictures: Pictures, emulator: Emulator, tmp_path: Path
) -> None:
    pictures.came.clear()
    pictures.let_go.clear()
    settings = ALLOWED | {"limits": {"slots": 1}}
    addon = ["-s", str(ROOT / "tests/support/allow_loopback.py")]
    with Proxy(emulator, tmp_path, *addon, settings=settings) as proxy:
        with ThreadPoolExecutor(1) as threads:
            slow = threads.submit(ask, proxy, pictures)
            try:
                assert pictures.came.wait(20)
                body = {"model": "gigachat", "messages": [{"role": "user", "content": "?"}]}
                url = f"{proxy.base_url}/chat/completions"
                assert requests.post(url, json=body, timeout=20).status_code == 200
                assert not slow.done()
            finally:
                pictures.let_go.set()
            assert slow.result().status_code == 200
