"""Repeating, and what the client sees of it meanwhile; every fault by itself is in test_faults."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
DEADLINES = {"connect": 1, "first_byte": 3, "idle": 2, "total": 8, "retry": 8}

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
    assert '"delta":{},"finish_reason":null' in answer.text.partition("\n\n")[0]
    assert answer.text.endswith("data: [DONE]\n\n")


def test_after_a_sign_of_life_a_failure_is_an_error_event(pair: Pair) -> None:
    emulator, proxy = pair
    refusal = '{"status":422,"message":"Invalid params"}\n'
    emulator.faults.add(path="/chat/completions", delay=2.5, status=422, body=refusal)
    answer = chat(proxy, stream=True)
    assert '"delta":{},"finish_reason":null' in answer.text.partition("\n\n")[0]
    assert "Invalid params" in error_event(answer)["message"]


TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("request_", "deadline"),
    [
        ({"stream": True}, "deadlines.first_byte"),
        ({"stream": False}, "deadlines.total"),
        ({"stream": True, "tools": [TOOL]}, "deadlines.total"),
    ],
)
def test_silence_before_the_answer_ends_at_its_deadline(
    pair: Pair, request_: dict[str, Any], deadline: str
) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/chat/completions", hang=True)
    answer = chat(proxy, **request_)
    error = error_event(answer) if request_["stream"] else answer.json()["error"]
    assert error["code"] == "upstream_timeout"
    assert deadline in error["message"]
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
