"""The emulator as a server: TLS, HTTP/1.1 in its forms, the gate, leaving clients, stopping."""

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

Start = Callable[..., EmulatorThread]
Connect = Callable[[EmulatorThread], httpx.Client]
CHAT = {"model": "GigaChat-2", "messages": [{"role": "user", "content": "Привет"}]}


def raw(emulator: EmulatorThread, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=10) as connection:
        connection.sendall(request)
        received = b""
        while piece := connection.recv(65536):
            received += piece
        return received


def until(condition: Callable[[], bool]) -> None:
    """Waits for what another thread is about to do; the test's own timeout ends a vain wait."""
    while not condition():
        time.sleep(0.005)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls_is_verified_with_its_ca_file(tmp_path: Path, host: str) -> None:
    with EmulatorThread(state_dir=tmp_path) as emulator:
        context = ssl.create_default_context(cafile=str(emulator.ca_file))
        answer = httpx.get(f"https://{host}:{emulator.port}/api/v1/models", verify=context)
        assert answer.status_code == 401
        assert emulator.base_url == f"https://localhost:{emulator.port}/api/v1"
        assert emulator.auth_url == f"https://localhost:{emulator.port}/api/v2/oauth"
        with pytest.raises(httpx.ConnectError):
            httpx.get(emulator.base_url, verify=ssl.create_default_context())


def test_the_ca_survives_a_restart_and_its_key_is_private(tmp_path: Path) -> None:
    with EmulatorThread(state_dir=tmp_path) as first:
        before = first.ca_file.read_bytes()
    with EmulatorThread(state_dir=tmp_path) as second:
        assert second.ca_file.read_bytes() == before
    assert (tmp_path / "emulator-ca.key").stat().st_mode & 0o777 == 0o600


def test_both_bases_answer(emulator: EmulatorThread, client: httpx.Client) -> None:
    legacy = client.get("/models")
    current = client.get(f"http://localhost:{emulator.port}/v1/models")
    assert legacy.status_code == current.status_code == 200
    assert legacy.json() == current.json()


def test_without_a_user_agent_it_is_403(start: Start, connect: Connect) -> None:
    client = connect(start())
    del client.headers["User-Agent"]
    answer = client.get("/models")
    assert (answer.status_code, answer.content) == (403, b'{"message":"Unauthorized"}')
    lax = connect(start(user_agent="optional"))
    del lax.headers["User-Agent"]
    assert lax.get("/models").status_code == 200


def test_session_and_request_ids_are_echoed_or_made_up(client: httpx.Client) -> None:
    sent = {"X-Session-ID": "my-session", "X-Request-ID": "my-request"}
    answer = client.post("/chat/completions", json=CHAT, headers=sent)
    assert answer.headers["x-session-id"] == "my-session"
    assert answer.headers["x-request-id"] == "my-request"
    first, second = (client.get("/models").headers["x-session-id"] for _ in range(2))
    assert len(first) == 36
    assert first != second


def test_headers_are_the_recorded_ones_or_bare(start: Start, connect: Connect) -> None:
    recorded = connect(start()).get("/models").headers
    assert recorded["server"] == "SynGX"
    assert recorded["x-frame-options"] == "SAMEORIGIN"
    bare = connect(start(response_headers="bare")).get("/models").headers
    assert set(bare) == {"x-request-id", "x-session-id", "content-type", "content-length"}


def test_a_refusal_has_no_headers_of_success(client: httpx.Client) -> None:
    answer = client.get("/models/gpt-5")
    assert answer.content == b'{"status":404,"message":"No such model"}\n'
    assert answer.headers["content-length"] == "41"
    assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("DELETE", "/models", 405), ("GET", "/chat/completions", 405)],
)
def test_wrong_paths_and_methods(client: httpx.Client, method: str, path: str, status: int) -> None:
    assert client.request(method, path).status_code == status


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"model":NaN}', b"\xff"])
def test_a_body_that_is_not_json_is_invalid(client: httpx.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = client.post("/chat/completions", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.content == (
        b'{"status":400,"message":"Your request contains invalid JSON syntax."}\n'
    )


def test_a_chunked_request_and_ten_megabytes_are_taken(
    emulator: EmulatorThread, client: httpx.Client
) -> None:
    emulator.switch(context_tokens=10**9)
    long = {"model": "GigaChat-2", "messages": [{"role": "user", "content": "я" * 5_000_000}]}
    body = json.dumps(long, ensure_ascii=False).encode()
    pieces = (body[i : i + 65536] for i in range(0, len(body), 65536))
    headers = {"Content-Type": "application/json"}
    answer = client.post("/chat/completions", content=pieces, headers=headers)
    assert answer.status_code == 200
    assert emulator.log[-1].body == body
    assert emulator.log[-1].header("transfer-encoding") == "chunked"


@pytest.mark.parametrize(
    ("switch", "words"),
    [
        ("413", b'{"status":413,"message":"Payload too large"}\n'),
        ("422", b'{"status":422,"message":"CONTEXT_TOO_LONG"}\n'),
    ],
)
def test_a_prompt_beyond_the_context_is_too_large(
    start: Start, connect: Connect, switch: str, words: bytes
) -> None:
    answer = connect(start(context_tokens=10, context_overflow=switch)).post(
        "/chat/completions",
        json={"model": "GigaChat-2", "messages": [{"role": "user", "content": "я" * 200}]},
    )
    assert answer.content == words


def test_requests_on_one_connection_are_answered_in_turn(emulator: EmulatorThread) -> None:
    get = b"GET /api/v1/models HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n"
    received = raw(emulator, get + b"\r\n" + get + b"Connection: close\r\n\r\n")
    assert received.count(b"HTTP/1.1 401") == 2
    assert [r.connection for r in emulator.log] == [1, 1]


def test_a_client_that_waits_for_100_continue_is_told(emulator: EmulatorThread) -> None:
    head = b"POST /emulator/reset HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
    received = raw(emulator, head + b"Content-Length: 0\r\nConnection: close\r\n\r\n")
    assert received.startswith((b"HTTP/1.1 100 \r\n", b"HTTP/1.1 200 \r\n"))


def test_nonsense_is_answered_with_400(emulator: EmulatorThread) -> None:
    assert raw(emulator, b"GARBAGE\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert emulator.log == []


def test_the_log_keeps_headers_as_they_were_sent(emulator: EmulatorThread) -> None:
    raw(
        emulator,
        b"GET /api/v1/models?x=1 HTTP/1.1\r\nhost: x\r\nX-Two: 1\r\nx-two: 2\r\n"
        b"Connection: close\r\n\r\n",
    )
    (received,) = emulator.log
    assert received.headers == [
        ("host", "x"),
        ("X-Two", "1"),
        ("x-two", "2"),
        ("Connection", "close"),
    ]
    assert (received.method, received.target) == ("GET", "/api/v1/models?x=1")
    assert (received.path, received.status) == ("/api/v1/models", 403)
    assert received.header("X-TWO") == "1"


def test_the_log_forgets_its_oldest_half(start: Start, connect: Connect) -> None:
    emulator = start(log_limit=4)
    client = connect(emulator)
    for number in range(6):
        client.get(f"/models/{number}")
    assert len(emulator.log) <= 4
    assert emulator.log[-1].path.endswith("/5")


def test_a_stream_can_be_cut_into_single_bytes(start: Start, connect: Connect) -> None:
    body = CHAT | {"stream": True}
    text = connect(start(wire_bytes=1, script=["Привет 👋"])).post("/chat/completions", json=body)
    assert text.headers["content-type"] == "text/event-stream"
    assert text.headers["transfer-encoding"] == "chunked"
    assert "👋" in text.text
    assert text.text.endswith("data: [DONE]\n\n")


def test_a_leaving_client_is_noticed_at_once_and_frees_its_slot(
    start: Start, connect: Connect
) -> None:
    emulator = start(chunk_delay=30)
    client = connect(emulator)
    with client.stream("POST", "/chat/completions", json=CHAT | {"stream": True}) as answer:
        lines = answer.iter_lines()
        next(lines)
    until(lambda: emulator.log[-1].client_closed)
    assert emulator.log[-1].events == 1
    emulator.switch(chunk_delay=0)
    assert client.post("/chat/completions", json=CHAT).status_code == 200


@pytest.mark.parametrize(("switches", "second"), [({}, 429), ({"concurrency": 0}, 200)])
def test_a_person_generates_one_answer_at_a_time(
    start: Start, connect: Connect, switches: dict[str, Any], second: int
) -> None:
    emulator = start(chunk_delay=30, **switches)
    client = connect(emulator)
    with client.stream("POST", "/chat/completions", json=CHAT | {"stream": True}) as answer:
        lines = answer.iter_lines()
        next(lines)
        other = client.post("/chat/completions", json=CHAT)
        assert client.get("/models").status_code == 200
    assert other.status_code == second
    if second == 429:
        assert other.content == b'{"status":429,"message":"Too many requests"}\n'
        assert "retry-after" not in other.headers


def test_retry_after_comes_when_switched(start: Start, connect: Connect) -> None:
    emulator = start(chunk_delay=30, retry_after=7)
    client = connect(emulator)
    with client.stream("POST", "/chat/completions", json=CHAT | {"stream": True}) as answer:
        lines = answer.iter_lines()
        next(lines)
        assert client.post("/chat/completions", json=CHAT).headers["retry-after"] == "7"


def test_a_slot_is_free_as_soon_as_done_is_read(start: Start, connect: Connect) -> None:
    client = connect(start())
    for _ in range(20):
        with client.stream("POST", "/chat/completions", json=CHAT | {"stream": True}) as answer:
            for line in answer.iter_lines():
                if line == "data: [DONE]":
                    assert client.post("/chat/completions", json=CHAT).status_code == 200


def test_a_session_is_billed_for_new_tokens_only(client: httpx.Client) -> None:
    def cached(session: str | None, *contents: str) -> int:
        roles = ("user", "assistant")
        messages = [{"role": roles[i % 2], "content": c} for i, c in enumerate(contents)]
        answer = client.post(
            "/chat/completions",
            json={"model": "GigaChat-2", "messages": messages},
            headers={} if session is None else {"X-Session-ID": session},
        )
        usage = answer.json()["usage"]
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        billed.append(usage["prompt_tokens"])
        found: int = usage["precached_prompt_tokens"]
        return found

    billed: list[int] = []
    question = "Длинный вопрос " * 20
    assert cached("one", question) == 0
    assert cached("one", question, "Ответ", "Ещё") >= len(question) // 5
    assert billed[1] < billed[0] // 2, "GigaChat's prompt tokens are without the cached ones"
    assert cached("two", question) == 0
    assert cached(None, question) == 0


async def test_stop_ends_everything_even_a_hanging_answer(tmp_path: Path) -> None:
    emulator = Emulator(config=EmulatorConfig(chunk_delay=30), state_dir=tmp_path, tls=False)
    await emulator.start()
    emulator.faults.add(hang=True)
    reader, writer = await asyncio.open_connection("127.0.0.1", emulator.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    while not emulator.log:
        await asyncio.sleep(0)
    await emulator.stop()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()
    assert len(asyncio.all_tasks()) == 1
    await emulator.stop()


def test_stop_leaves_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    with EmulatorThread(state_dir=tmp_path) as emulator:
        context = ssl.create_default_context(cafile=str(emulator.ca_file))
        client = httpx.Client(verify=context)
        client.get(f"{emulator.base_url}/models")
    assert threading.active_count() == before
    client.close()


def test_a_taken_port_is_an_os_error(emulator: EmulatorThread, tmp_path: Path) -> None:
    with pytest.raises(OSError), EmulatorThread(port=emulator.port, tls=False):
        pass
