"""Every fault there is, against the real proxy: no request lost that could be saved.

For each: what the client got, what GigaChat saw, and that nothing is left behind in the proxy: no
slot, no place in the queue, no task, no secret in its output.  The summary of the run has the
table.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
from tests.support import waiting
from tests.support.checkout import OTHER_KEY
from tests.support.fault_table import ANSWER, TABLE
from tests.support.ports import free_port
from tests.support.proxy import ROOT, Proxy
from tests.support.raw_client import send
from tests.support.tunnel import Tunnel

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
STREAM = CHAT | {"stream": True}
CHATS, OAUTH = "/chat/completions", "/oauth"
LASTING = 100
SETTINGS = {
    "limits": {"slots": 2, "queue": 2, "queue_seconds": 1},
    "deadlines": {"connect": 1, "first_byte": 1.5, "idle": 1, "total": 4, "retry": 3},
}
SLOTS_KEEPER = "Slots._keep"
"""Speaks with the store while slots are in use, and a second longer."""

SETTLING = 1
"""Seconds until what the start of a proxy needs has ended; no test hangs on it being long."""


class Fault(NamedTuple):
    name: str
    does: Mapping[str, object]
    got: str = ANSWER
    """By the client: the answer, or an error of this code."""
    attempts: int | None = 2
    """That GigaChat sees; None: as many as time allows, more than one."""
    times: int = 1
    forms: tuple[bool, ...] = (False, True)
    """Whole answers (False), streams (True)."""
    path: str = CHATS


WHOLE, STREAMED = (False,), (True,)
SSE_ERROR = {"status_code": 500, "message": "Internal Server Error"}
NEXT_CENTURY = {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}
LONG_AGO = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}

FAULTS = [
    Fault("429", {"status": 429}),
    Fault("429, `Retry-After` in seconds", {"status": 429, "headers": {"Retry-After": "1"}}),
    Fault("429, `Retry-After` as a date", {"status": 429, "headers": LONG_AGO}),
    Fault("429 that lasts", {"status": 429}, "rate_limit_exceeded", None, LASTING, WHOLE),
    Fault(
        "429, `Retry-After` beyond the deadline",
        {"status": 429, "headers": {"Retry-After": "100"}},
        "rate_limit_exceeded",
        1,
    ),
    Fault(
        "429, `Retry-After` a date beyond it",
        {"status": 429, "headers": NEXT_CENTURY},
        "rate_limit_exceeded",
        1,
    ),
    Fault("503", {"status": 503}),
    Fault("503 that lasts", {"status": 503}, "upstream_unavailable", None, LASTING, STREAMED),
    Fault("500", {"status": 500}),
    Fault("500 again", {"status": 500}, "upstream_failed", 2, 2),
    Fault("502, a page of HTML", {"html_502": True}),
    Fault("502 again", {"html_502": True}, "upstream_protocol_error", 2, 2),
    Fault("504", {"status": 504}),
    Fault("504 again", {"status": 504}, "upstream_timeout", 2, 2),
    Fault("423, the model is switched off", {"status": 423}, "model_unavailable", 1),
    Fault(
        "403, the model is switched off",
        {"status": 403, "body": '{"message":"temporarily unavailable due to technical reasons"}'},
        "model_unavailable",
        1,
    ),
    Fault(
        "422, the text is too long",
        {"status": 422, "body": '{"status":422,"message":"CONTEXT_TOO_LONG"}'},
        "context_length_exceeded",
        1,
    ),
    Fault("422", {"status": 422, "body": '{"message":"no"}'}, "upstream_rejected", 1),
    Fault("connection reset", {"reset": True}),
    Fault("connection reset again", {"reset": True}, "upstream_protocol_error", 2, 2),
    Fault("bytes that are no HTTP", {"garbage": True}),
    Fault("bytes that are no HTTP again", {"garbage": True}, "upstream_protocol_error", 2, 2),
    Fault("closed before the answer", {"close": "before"}),
    Fault("closed in the head", {"close": "mid_headers"}),
    Fault("closed in the body", {"close": "mid_body"}, forms=WHOLE),
    Fault(
        "closed in the body again", {"close": "mid_body"}, "upstream_protocol_error", 2, 2, WHOLE
    ),
    Fault("reset in the body", {"reset": True, "after_events": 1}, forms=WHOLE),
    Fault("truncated JSON", {"truncate_json": True}, "upstream_protocol_error", 1, 1, WHOLE),
    Fault(
        "stream closed before its first event",
        {"close": "mid_stream", "after_events": 0},
        forms=STREAMED,
    ),
    *(
        Fault(name, does | {"after_events": 2}, code, 1, 1, STREAMED)
        for name, does, code in (
            ("stream closed", {"close": "mid_stream"}, "upstream_protocol_error"),
            ("stream closed within an event", {"close": "mid_body"}, "upstream_protocol_error"),
            ("stream ended early, as if complete", {"close": "clean"}, "upstream_protocol_error"),
            ("stream reset", {"reset": True}, "upstream_protocol_error"),
            ("stream with truncated JSON", {"truncate_json": True}, "upstream_protocol_error"),
            ("stream with an error object", {"sse_error": SSE_ERROR}, "upstream_failed"),
            ("stream without `[DONE]`", {"no_done": True}, "upstream_protocol_error"),
            ("silence in a stream (`idle`)", {"hang": True}, "upstream_timeout"),
        )
    ),
    Fault(
        "silence before a stream (`first_byte`)",
        {"hang": True},
        "upstream_timeout",
        1,
        forms=STREAMED,
    ),
    Fault(
        "silence of a whole answer (`total`)", {"hang": True}, "upstream_timeout", 1, forms=WHOLE
    ),
    Fault("a slow start", {"delay": 1}, attempts=1),
    Fault("OAuth: 429", {"status": 429}, forms=WHOLE, path=OAUTH),
    Fault("OAuth: 502", {"html_502": True}, forms=STREAMED, path=OAUTH),
    Fault("OAuth: closed", {"close": "before"}, forms=WHOLE, path=OAUTH),
    Fault("OAuth: garbage", {"garbage": True}, forms=STREAMED, path=OAUTH),
    Fault("OAuth: slow", {"delay": 1}, attempts=1, path=OAUTH),
    Fault("OAuth: down", {"status": 503}, "token_unavailable", None, LASTING, WHOLE, OAUTH),
    Fault("access token withdrawn (401)", {}, attempts=1, path=OAUTH),
]


class Suite:
    """The proxy, the emulator, and what both look like when nothing is wrong."""

    def __init__(self, emulator: Emulator, proxy: Proxy) -> None:
        self.emulator = emulator
        self.proxy = proxy
        self.text = text_of(self.chat().json())
        self.chat(stream=True)
        time.sleep(SETTLING)
        self.idle_tasks = self.tasks()

    def chat(self, **more: object) -> requests.Response:
        return chat(self.proxy, **more)

    def requests_at(self, path: str) -> int:
        return sum(received.path.endswith(path) for received in self.emulator.log)

    def got(self, answer: requests.Response) -> str:
        """The code of an error; ANSWER if it is the right one.  Anything else fails the test."""
        if answer.headers["content-type"].startswith("text/event-stream"):
            return self.got_stream(answer)
        told = answer.json()
        if answer.status_code == 200:
            assert text_of(told) == self.text
            return ANSWER
        return error_code(told)

    def got_stream(self, answer: requests.Response) -> str:
        assert answer.status_code == 200
        *events, last = answer.text.removesuffix("\n\n").split("\n\n")
        chunks = [json.loads(event.removeprefix("data: ")) for event in events if event[0] != ":"]
        text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks)
        if last == "data: [DONE]":
            assert text == self.text
            return ANSWER
        assert self.text.startswith(text)
        return error_code(json.loads(last.removeprefix("data: ")))

    def tasks(self) -> dict[str, int]:
        tasks = requests.get(f"{self.proxy.url}/counts", timeout=20).json()["tasks"]
        return {name: number for name, number in tasks.items() if name != SLOTS_KEEPER}

    def grown(self) -> dict[str, int]:
        """Tasks there are more of than when the proxy was idle."""
        return {name: n for name, n in self.tasks().items() if n > self.idle_tasks.get(name, 0)}

    def gauges(self) -> dict[str, float]:
        lines = requests.get(f"{self.proxy.url}/metrics", timeout=20).text.splitlines()
        values = dict(line.rsplit(" ", 1) for line in lines if line[0] != "#")
        names = ("slots_in_use", "queue_length", "requests_in_progress")
        return {name: float(values[f"gigagate_{name}"]) for name in names}

    def nothing_is_left(self) -> None:
        eventually(lambda: not any(self.gauges().values()), self.gauges)
        eventually(lambda: not self.grown(), self.grown)

    def no_secret_is_told(self) -> None:
        sent = [received.header("authorization") or "" for received in self.emulator.log]
        secrets = {value.split()[-1] for value in sent if value}
        assert secrets
        assert not any(secret in self.proxy.output() for secret in secrets)
        for word in ("Traceback", "crashed", "Addon error", "error of the proxy"):
            assert word not in self.proxy.output()


def chat(proxy: Proxy, **more: object) -> requests.Response:
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, timeout=30)


def text_of(answer: dict[str, list[dict[str, dict[str, str]]]]) -> str:
    return answer["choices"][0]["message"]["content"]


def error_code(told: dict[str, dict[str, str]]) -> str:
    assert set(told["error"]) == {"message", "type", "param", "code"}
    assert told["error"]["message"]
    return told["error"]["code"]


eventually = partial(waiting.until, seconds=6)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    folder = tmp_path_factory.mktemp("faults")
    config = EmulatorConfig(concurrency=0, token_requests_per_second=0, chunk_chars=4)
    counting = ("-s", str(ROOT / "tests" / "support" / "counts.py"))
    with EmulatorThread(config, state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, *counting, settings=SETTINGS) as proxy:
            yield Suite(emulator, proxy)


@pytest.fixture
def suite(served: Suite) -> Iterator[Suite]:
    served.emulator.log.clear()
    yield served
    served.emulator.faults.clear()
    eventually(lambda: served.got(served.chat()) == ANSWER)
    served.nothing_is_left()
    served.no_secret_is_told()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_upstream(suite: Suite, fault: Fault) -> None:
    for stream in fault.forms:
        suite.emulator.log.clear()
        suite.emulator.faults.clear()
        if fault.path == OAUTH:
            suite.emulator.revoke_tokens()
        if fault.does:
            suite.emulator.faults.add(path=fault.path, times=fault.times, **fault.does)
        got = suite.got(suite.chat(stream=stream))
        attempts = suite.requests_at(fault.path)
        TABLE.count(fault.name, got)
        assert got == fault.got
        assert attempts == fault.attempts or (fault.attempts is None and attempts > 1)


def test_an_answer_that_takes_too_long(suite: Suite) -> None:
    suite.emulator.switch(chunk_delay=0.4, chunk_chars=1)
    got = suite.got(suite.chat(stream=True))
    suite.emulator.switch(chunk_delay=0, chunk_chars=4)
    TABLE.count("a stream without end (`total`)", got)
    assert got == "upstream_timeout"
    eventually(lambda: suite.emulator.log[-1].client_closed)


# OAuth ----------------------------------------------------------------------------------------


def test_tokens_that_hardly_live(suite: Suite) -> None:
    suite.emulator.switch(token_seconds=2)
    suite.emulator.revoke_tokens()
    for number in range(10):
        got = suite.got(suite.chat(stream=bool(number % 2)))
        TABLE.count("OAuth: tokens of two seconds", got)
        assert got == ANSWER
    suite.emulator.switch(token_seconds=1800)
    suite.emulator.revoke_tokens()


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("OAuth: wrong key", {"GIGACHAT_AUTH_KEY": OTHER_KEY}),
        ("OAuth: wrong scope", {"GIGACHAT_SCOPE": "GIGACHAT_API_CORP"}),
    ],
)
def test_a_credential_that_is_refused(
    suite: Suite, tmp_path: Path, name: str, environment: dict[str, str]
) -> None:
    with Proxy(suite.emulator, tmp_path, environment=environment) as proxy:
        got = suite.got(chat(proxy))
    TABLE.count(name, got)
    assert got == "upstream_credentials_rejected"
    assert suite.requests_at(CHATS) == 0
    assert OTHER_KEY not in proxy.output()


# Connecting -----------------------------------------------------------------------------------


def test_a_gigachat_that_is_not_there_and_then_is(suite: Suite, tmp_path: Path) -> None:
    port = free_port()
    environment = {"GIGACHAT_BASE_URL": f"https://localhost:{port}/api/v1"}
    with Proxy(suite.emulator, tmp_path, environment=environment, settings=SETTINGS) as proxy:
        got = suite.got(chat(proxy))
        TABLE.count("connection refused, lastingly", got)
        assert got == "upstream_unavailable"
    with Proxy(suite.emulator, tmp_path, environment=environment) as proxy:
        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(chat, proxy)
            eventually(lambda: "GigaChat is away since" in proxy.output())
            with Tunnel(port, suite.emulator.port):
                got = suite.got(waiting.result())
    TABLE.count("connection refused at first", got)
    assert got == ANSWER


# Clients that leave, and the queue ---------------------------------------------------------------


def test_clients_that_leave_while_gigachat_thinks(suite: Suite) -> None:
    for body in (CHAT, STREAM):
        suite.emulator.faults.add(path=CHATS, hang=True)
        before = suite.requests_at(CHATS)
        client = send(suite.proxy, body)
        eventually(lambda before=before: suite.requests_at(CHATS) > before)
        left = suite.emulator.log[-1]
        client.close()
        eventually(lambda left=left: left.client_closed)
        TABLE.count("client left while GigaChat thinks; the next one", suite.got(suite.chat()))


def test_clients_that_leave_in_a_stream(suite: Suite) -> None:
    for _ in range(2):
        suite.emulator.faults.add(path=CHATS, hang=True, after_events=2)
        client = send(suite.proxy, STREAM)
        while b"data:" not in client.recv(65536):
            pass
        left = suite.emulator.log[-1]
        client.close()
        eventually(lambda left=left: left.client_closed)
        got = suite.got(suite.chat(stream=True))
        TABLE.count("client left in a stream; the next one", got)
        assert got == ANSWER


def test_the_queue(suite: Suite) -> None:
    """Two requests are under way, two wait: a fifth is too much, and a second is too long."""
    suite.emulator.faults.add(path=CHATS, times=2, hang=True)
    busy = [send(suite.proxy, CHAT) for _ in range(2)]
    eventually(lambda: suite.requests_at(CHATS) == 2)
    leaving = [send(suite.proxy, STREAM) for _ in range(2)]
    eventually(lambda: suite.gauges()["queue_length"] == 2)
    full = suite.chat()
    for client in leaving:
        client.close()
    eventually(lambda: suite.gauges()["queue_length"] == 0)
    slow: list[requests.Response] = []
    waiting = threading.Thread(target=lambda: slow.append(suite.chat()))
    waiting.start()
    waiting.join()
    for client in busy:
        client.close()
    for name, answer in (("queue full", full), ("queue too slow", *slow)):
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        TABLE.count(name, suite.got(answer))
    after_all = suite.got(suite.chat())
    TABLE.count("clients left in the queue; the next one", after_all)
    assert after_all == ANSWER
    assert suite.requests_at(CHATS) == 3, "those who left were never asked for"
