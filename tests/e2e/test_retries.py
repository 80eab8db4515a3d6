"""Trouble upstream that another attempt mends is not seen by the client."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.proxy import Proxy, free_port

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
DEADLINES = {"connect": 1, "first_byte": 3, "idle": 2, "total": 20, "retry": 8}

Pair = tuple[Emulator, Proxy]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("retries")
    config = EmulatorConfig(concurrency=0, token_requests_per_second=0)
    settings = {"deadlines": DEADLINES, "keep_alive_seconds": 1}
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder, settings=settings) as proxy:
            yield emulator, proxy


def chat(proxy: Proxy, **more: object) -> requests.Response:
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, timeout=40)


def chats(emulator: Emulator) -> int:
    return sum("chat" in received.target for received in emulator.log)


def error_event(answer: requests.Response) -> dict[str, str]:
    """Of a stream that began and then failed."""
    assert answer.status_code == 200
    assert "[DONE]" not in answer.text
    last = answer.text.strip().split("\n\n")[-1]
    error: dict[str, str] = json.loads(last.removeprefix("data: "))["error"]
    return error


MENDED = [
    {"status": 429, "body": '{"status":429,"message":"Too many requests"}\n'},
    {"status": 429, "body": "", "headers": {"Retry-After": "1"}},
    {"status": 503, "body": ""},
    {"status": 500, "body": ""},
    {"html_502": True},
    {"status": 504, "body": ""},
    {"close": "before"},
    {"close": "mid_headers"},
    {"reset": True},
    {"garbage": True},
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", MENDED)
def test_a_failed_attempt_is_repeated_unseen(
    pair: Pair, fault: dict[str, object], stream: bool
) -> None:
    emulator, proxy = pair
    emulator.log.clear()
    emulator.faults.add(path="/chat/completions", **fault)
    answer = chat(proxy, stream=stream)
    assert answer.status_code == 200, answer.text
    assert chats(emulator) == 2
    if stream:
        assert answer.text.endswith("data: [DONE]\n\n")
        assert "error" not in answer.text


@pytest.mark.parametrize("fault", [{"status": 500, "body": ""}, {"close": "before"}])
def test_what_may_have_been_carried_out_is_repeated_once_only(
    pair: Pair, fault: dict[str, object]
) -> None:
    emulator, proxy = pair
    emulator.log.clear()
    emulator.faults.add(path="/chat/completions", times=2, **fault)
    assert chat(proxy).status_code in (500, 502)
    assert chats(emulator) == 2


def test_a_retry_after_beyond_the_deadline_reaches_the_client_at_once(pair: Pair) -> None:
    emulator, proxy = pair
    emulator.log.clear()
    emulator.faults.add(
        path="/chat/completions", status=429, body="", headers={"Retry-After": "100"}
    )
    answer = chat(proxy)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "100"
    assert chats(emulator) == 1


def test_a_waiting_stream_shows_life_and_still_retries(pair: Pair) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/chat/completions", delay=2.5, status=503, body="")
    answer = chat(proxy, stream=True)
    assert answer.status_code == 200
    assert answer.text.startswith(": keep-alive\n\n")
    assert answer.text.endswith("data: [DONE]\n\n")


def test_after_a_sign_of_life_a_failure_is_an_error_event(pair: Pair) -> None:
    emulator, proxy = pair
    refusal = '{"status":422,"message":"Invalid params"}\n'
    emulator.faults.add(path="/chat/completions", delay=2.5, status=422, body=refusal)
    answer = chat(proxy, stream=True)
    assert answer.text.startswith(": keep-alive\n\n")
    assert "Invalid params" in error_event(answer)["message"]


@pytest.mark.parametrize("stream", [False, True])
def test_silence_before_the_answer_ends_at_the_deadline(pair: Pair, stream: bool) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/chat/completions", hang=True)
    answer = chat(proxy, stream=stream)
    error = error_event(answer) if stream else answer.json()["error"]
    assert error["code"] == "upstream_timeout"
    assert "deadlines.first_byte" in error["message"]
    assert chat(proxy).status_code == 200


def test_silence_in_a_stream_ends_at_the_deadline(pair: Pair) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/chat/completions", hang=True, after_events=2)
    error = error_event(chat(proxy, stream=True))
    assert error["code"] == "upstream_timeout"
    assert "deadlines.idle" in error["message"]


def test_a_connection_that_does_not_come_about_ends_at_the_deadline(
    pair: Pair, tmp_path: Path
) -> None:
    emulator, _ = pair
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        environment = {"GIGACHAT_BASE_URL": f"https://localhost:{silent.getsockname()[1]}/v1"}
        settings = {"deadlines": {"connect": 0.5, "retry": 1e-9}}
        with Proxy(emulator, tmp_path, environment=environment, settings=settings) as proxy:
            answer = chat(proxy)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "upstream_unavailable"


def test_an_upstream_that_comes_up_late_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    with EmulatorThread(state_dir=tmp_path / "other") as other:
        environment = {"GIGACHAT_BASE_URL": f"https://localhost:{port}/api/v1"}
        with Proxy(other, tmp_path, environment=environment) as proxy:
            answers: list[requests.Response] = []
            asking = threading.Thread(target=lambda: answers.append(chat(proxy)))
            asking.start()
            deadline = time.monotonic() + 20
            while "Again in" not in proxy.output():
                assert time.monotonic() < deadline
                time.sleep(0.02)
            with Tunnel(port, other.port):
                asking.join()
    assert [answer.status_code for answer in answers] == [200]


class Tunnel:
    """Carries connections from one local port to another."""

    def __init__(self, port: int, target: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", port))
        self.target = target
        self.open: list[socket.socket] = [self.listener]

    def __enter__(self) -> None:
        threading.Thread(target=self.accept, daemon=True).start()

    def __exit__(self, *exception: object) -> None:
        for each in self.open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self.open += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    def carry(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def test_a_client_that_leaves_while_gigachat_thinks_ends_the_upstream_request(pair: Pair) -> None:
    emulator, proxy = pair
    emulator.log.clear()
    emulator.faults.add(path="/chat/completions", hang=True)
    with pytest.raises(requests.Timeout):
        requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=0.5)
    deadline = time.monotonic() + 5
    while not any(received.client_closed for received in emulator.log):
        assert time.monotonic() < deadline
        time.sleep(0.02)
