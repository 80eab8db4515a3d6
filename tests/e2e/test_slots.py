"""GigaChat never gets more requests at once than it allows, and a place given up is free at once.

The emulator refuses with 429 what is too much, and its log tells, even where a retry would hide it.
"""

import base64
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import requests
from tests.support import waiting
from tests.support.proxy import Proxy
from tests.support.raw_client import send

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Расскажи сказку"}]}
STREAM = CHAT | {"stream": True}
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(64)).decode()
LIMITS = {"slots": 1, "queue": 2, "queue_seconds": 3}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Proxy]]:
    folder = tmp_path_factory.mktemp("slots")
    with EmulatorThread(EmulatorConfig(concurrency=1), state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, settings={"limits": LIMITS}) as proxy:
            yield emulator, proxy


def chat(proxy: Proxy, **more: object) -> requests.Response:
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, timeout=40)


eventually = partial(waiting.until, seconds=20)


def chats(emulator: Emulator) -> int:
    return sum("chat" in received.target for received in emulator.log)


def refused(emulator: Emulator) -> int:
    return sum(received.status == 429 for received in emulator.log)


def metric(proxy: Proxy, name: str) -> float:
    lines = requests.get(f"{proxy.url}/metrics", timeout=30).text.splitlines()
    (value,) = (line.split()[1] for line in lines if line.startswith(f"{name} "))
    return float(value)


class Busy:
    """GigaChat is busy with a request, and takes so many seconds until its first token."""

    def __init__(self, emulator: Emulator, proxy: Proxy, seconds: float) -> None:
        before = chats(emulator)
        emulator.switch(first_token_delay=seconds)
        self.client = send(proxy, STREAM)
        eventually(lambda: chats(emulator) > before)
        self.received = emulator.log[-1]
        eventually(lambda: self.received.json is not None)
        time.sleep(0.05)  # the emulator takes the delay from its switches
        emulator.switch(first_token_delay=0)

    def leave(self) -> None:
        self.client.close()

    def __enter__(self) -> "Busy":
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()


def test_many_requests_take_turns(served: tuple[Emulator, Proxy], tmp_path: Path) -> None:
    emulator, _ = served
    limits = {"slots": 1, "queue": 100}
    with Proxy(emulator, tmp_path, settings={"limits": limits}) as proxy:
        with ThreadPoolExecutor(24) as threads:
            answers = list(threads.map(lambda i: chat(proxy, stream=i % 2 == 0), range(24)))
    assert [answer.status_code for answer in answers] == [200] * 24
    assert refused(emulator) == 0


def test_a_full_queue_and_a_slow_one_say_when_to_come_again(
    served: tuple[Emulator, Proxy],
) -> None:
    emulator, proxy = served
    with Busy(emulator, proxy, 30), ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: chat(proxy), range(3)))
    assert [answer.status_code for answer in answers] == [429] * 3
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in answers)
    errors = [answer.json()["error"] for answer in answers]
    assert {(error["code"], error["type"]) for error in errors} == {("no_slot", "rate_limit_error")}
    assert sum("queue is full" in error["message"] for error in errors) == 1
    assert sum("limits.queue_seconds" in error["message"] for error in errors) == 2
    assert chat(proxy).status_code == 200
    assert refused(emulator) == 0


def test_a_client_that_leaves_the_queue_frees_its_place_at_once(
    served: tuple[Emulator, Proxy],
) -> None:
    emulator, proxy = served
    with Busy(emulator, proxy, 30) as busy:
        before = chats(emulator)
        leaving = [send(proxy, CHAT), send(proxy, CHAT)]
        eventually(lambda: metric(proxy, "gigagate_queue_length") == 2)
        for client in leaving:
            client.close()
        eventually(lambda: metric(proxy, "gigagate_queue_length") == 0)
        with ThreadPoolExecutor(2) as threads:
            waiting = [threads.submit(chat, proxy) for _ in range(2)]
            eventually(lambda: metric(proxy, "gigagate_queue_length") == 2)
            busy.leave()
            assert [each.result().status_code for each in waiting] == [200, 200]
    assert chats(emulator) == before + 2, "those who left were never asked for"
    assert refused(emulator) == 0


def test_a_client_that_leaves_while_gigachat_thinks_closes_its_request_at_once(
    served: tuple[Emulator, Proxy],
) -> None:
    emulator, proxy = served
    for _ in range(5):
        busy = Busy(emulator, proxy, 30)
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(chat, proxy)
            busy.leave()
            assert waiting.result().status_code == 200
        assert busy.received.client_closed
    assert refused(emulator) == 0


def test_a_client_that_leaves_in_midstream_closes_the_stream_and_gives_its_slot_on(
    served: tuple[Emulator, Proxy],
) -> None:
    emulator, proxy = served
    for _ in range(5):
        emulator.switch(chunk_delay=0.2, chunk_chars=1)
        client = send(proxy, STREAM)
        assert b"text/event-stream" in client.recv(65536)
        client.recv(65536)
        received = emulator.log[-1]
        emulator.switch(chunk_delay=0, chunk_chars=12)
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(chat, proxy, stream=True)
            client.close()
            assert waiting.result().text.endswith("data: [DONE]\n\n")
        assert received.client_closed
    assert refused(emulator) == 0


def test_errors_and_retries_give_their_slot_back(served: tuple[Emulator, Proxy]) -> None:
    emulator, proxy = served
    for fault in (
        {"status": 422, "body": "{}"},
        {"status": 401, "body": "{}"},
        {"status": 503, "body": ""},
        {"close": "mid_body"},
        {"truncate_json": True},
    ):
        emulator.faults.add(path="/chat/completions", **fault)
        chat(proxy)
        assert chat(proxy).status_code == 200
    assert chat(proxy, messages=[]).status_code == 400
    assert chat(proxy).status_code == 200
    assert refused(emulator) == 0


@pytest.mark.parametrize(("cover", "status"), [("chat", 200), ("work", 200), ("all", 429)])
def test_slots_cover_every_request_or_work_or_chats_alone(
    served: tuple[Emulator, Proxy], tmp_path: Path, cover: str, status: int
) -> None:
    emulator, _ = served
    limits = {"slots": 1, "queue": 0, "slots_cover": cover}
    with Proxy(emulator, tmp_path, settings={"limits": limits}) as proxy:
        with Busy(emulator, proxy, 30):
            models = requests.get(f"{proxy.base_url}/models", timeout=30)
            tokens = {"model": "GigaChat-2", "input": ["a"]}
            counted = requests.post(f"{proxy.base_url}/tokens/count", json=tokens, timeout=30)
            balance = requests.get(f"{proxy.base_url}/balance", timeout=30)
            assert chat(proxy).status_code == 429
    assert [one.status_code for one in (models, counted, balance)] == [status] * 3


def test_the_files_of_a_chat_are_uploaded_under_its_slot(served: tuple[Emulator, Proxy]) -> None:
    emulator, proxy = served
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}"}}
    with Busy(emulator, proxy, 30) as busy, ThreadPoolExecutor(1) as threads:
        messages = [{"role": "user", "content": [{"type": "text", "text": "Что тут?"}, picture]}]
        waiting = threads.submit(chat, proxy, model="GigaChat-2-Max", messages=messages)
        eventually(lambda: metric(proxy, "gigagate_queue_length") == 1)
        assert not any(received.path.endswith("/files") for received in emulator.log)
        busy.leave()
        assert waiting.result().status_code == 200
    assert any(received.path.endswith("/files") for received in emulator.log)
    assert refused(emulator) == 0


def test_clients_that_leave_at_any_moment_leak_no_slot(
    served: tuple[Emulator, Proxy],
) -> None:
    emulator, proxy = served
    seen = len(proxy.output())
    emulator.switch(chunk_delay=0.01, first_token_delay=0.02)

    def come_and_go(number: int) -> None:
        client = send(proxy, STREAM)
        threading.Event().wait(number * 0.003)
        client.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(come_and_go, range(60)))
    emulator.switch(chunk_delay=0, first_token_delay=0)
    eventually(lambda: metric(proxy, "gigagate_slots_in_use") == 0)
    assert metric(proxy, "gigagate_queue_length") == 0
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: chat(proxy), range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert refused(emulator) == 0
    assert "broke off" not in proxy.output()[seen:], "nothing is taken for GigaChat's fault"
