"""What no client of ours would send is refused in JSON, and nothing of it goes upstream."""

import contextlib
import socket
from collections.abc import Iterator

import pytest
import requests
from tests.support.proxy import Proxy
from tests.support.raw_http import read_answer, send

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

BODY = b'{"model":"gigachat","messages":[{"role":"user","content":"hi"}]}'
POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
SMUGGLED = b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n"
LIMITS = {"header_bytes": 4096, "header_seconds": 1, "body_bytes": 100_000, "body_seconds": 1}

Pair = tuple[Emulator, Proxy]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("raw")
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder, settings={"limits": LIMITS}) as proxy:
            requests.post(f"{proxy.base_url}/chat/completions", data=BODY, timeout=20)
            yield emulator, proxy


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


LARGE_CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b"a" * 50_000) * 3
REFUSED = [
    ("garbage", b"GARBAGE\r\n\r\n", 400),
    ("binary", b"\x00\x01\x02\x03\r\n\r\n", 400),
    ("another version", b"GET / HTTP/9.9\r\n\r\n", 400),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    ("CONNECT", b"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", 405),
    ("full URL", b"GET http://evil/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    ("TRACE", b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (
        "WebSocket",
        b"GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        426,
    ),
    ("no Host", b"GET /v1/models HTTP/1.1\r\n\r\n", 400),
    ("two Hosts", POST + b"Host: evil\r\n\r\n", 400),
    (
        "Content-Length and Transfer-Encoding",
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        400,
    ),
    (
        "two Content-Lengths",
        POST + b"Content-Length: 0\r\nContent-Length: 50\r\n\r\n" + SMUGGLED,
        400,
    ),
    ("another coding", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
    ("space before the colon", POST + b"Content-Length : 50\r\n\r\n" + SMUGGLED, 400),
    ("folded line", POST + b"X: y\r\n Content-Length: 50\r\n\r\n" + SMUGGLED, 400),
    ("bare LF", POST + b"X: y\nContent-Length: 50\r\n\r\n" + SMUGGLED, 400),
    ("bare CR", POST + b"X: y\rContent-Length: 50\r\n\r\n" + SMUGGLED, 400),
    ("NUL", POST + b"X: y\0z\r\n\r\n", 400),
    ("chunk size", POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n", 400),
    ("chunk end", POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello!!\r\n0\r\n\r\n", 400),
    ("huge chunk", POST + b"Transfer-Encoding: chunked\r\n\r\nfffffff\r\n" + b"a" * 100_001, 413),
    ("long chunk head", POST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 20_000, 400),
    ("large head", POST + b"X: " + b"y" * 4096 + b"\r\n\r\n", 431),
    ("endless head", POST + b"X: " + b"y" * 4096, 431),
    ("large body", POST + b"Content-Length: 100001\r\n\r\n", 413),
    (
        "large body after a question",
        POST + b"Expect: 100-continue\r\nContent-Length: 100001\r\n\r\n",
        413,
    ),
    ("large chunked body", LARGE_CHUNKED, 413),
    ("foreign Host", b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    ("foreign Origin", b"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil\r\n\r\n", 403),
    ("slow head", b"GET / HTTP/1.1\r\nHost: local", 408),
    ("slow body", POST + b"Content-Length: 5\r\n\r\n{", 408),
    ("slow chunks", POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", 408),
]


@pytest.mark.parametrize(
    ("content", "status"),
    [pytest.param(content, status, id=name) for name, content, status in REFUSED],
)
def test_it_is_refused_in_json_and_goes_nowhere(pair: Pair, content: bytes, status: int) -> None:
    emulator, proxy = pair
    emulator.log.clear()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
        connection.sendall(content)
        answer = read_answer(connection)
        assert answer.status == status
        assert answer.headers["content-type"] == "application/json"
        assert answer.error["message"]
        if answer.headers.get("connection") == "close":
            assert connection.recv(1) == b"", "nothing follows"
    assert list(emulator.log) == []


ACCEPTED = [
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    b"Transfer-Encoding: chunked\r\n\r\n" + chunked(BODY, b""),
    b"Transfer-Encoding: chunked\r\n\r\n" + chunked(BODY[:5], BODY[5:]) + b"0\r\nX: y\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\n"
    + b"".join(b"1;ext\r\n%c\r\n" % byte for byte in BODY)
    + b"0\r\n\r\n",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
]


@pytest.mark.parametrize("before", [b"", b"\r\n\r\n"])
@pytest.mark.parametrize("rest", ACCEPTED)
def test_less_usual_but_right_requests_are_served(pair: Pair, rest: bytes, before: bytes) -> None:
    _, proxy = pair
    answer = send(proxy.port, before + POST + rest)
    assert answer.status == 200, answer.body


def test_an_old_client_without_host_is_served(pair: Pair) -> None:
    _, proxy = pair
    assert send(proxy.port, b"GET /health HTTP/1.0\r\n\r\n").status == 200


def test_requests_sent_without_waiting_are_answered_in_turn(pair: Pair) -> None:
    _, proxy = pair
    chat = POST + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
    health = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = health.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
        connection.sendall(chat + chat + health + chat + last)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    _, *answers = received.split(b"HTTP/1.1 200 OK")
    expected = [b"choices", b"choices", b"status", b"choices", b"status"]
    assert [named for named, answer in zip(expected, answers, strict=True) if named in answer] == (
        expected
    )


CHAT = POST + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
STREAMED = BODY[:-1] + b',"stream":true}'
STREAM = POST + b"Content-Length: %d\r\n\r\n%s" % (len(STREAMED), STREAMED)


@pytest.mark.parametrize(
    ("content", "end"), [(CHAT, b"}"), (STREAM, b"0\r\n\r\n")], ids=["whole", "stream"]
)
def test_a_client_that_sends_no_more_gets_its_answer(
    pair: Pair, content: bytes, end: bytes
) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/chat/completions", delay=0.3)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
        client.sendall(content)
        client.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: client.recv(65536), b""))
    before, _, answer = received.partition(b"HTTP/1.1 200 OK\r\n")
    assert before == before.count(b"100") * b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.endswith(end)


def test_a_refused_upload_ends_without_being_read(pair: Pair) -> None:
    _, proxy = pair
    piece, sent = b"a" * 65536, 0
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
        connection.sendall(POST + b"Content-Length: 10000000000\r\n\r\n")
        assert read_answer(connection).status == 413
        with contextlib.suppress(ConnectionError):
            while sent < 1_000_000_000:
                connection.sendall(piece)
                sent += len(piece)
    assert sent < 100_000_000


def test_memory_for_requests_sent_without_waiting_is_bounded(pair: Pair) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/chat/completions", delay=5)
    sent = 0
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as connection:
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY))
        with contextlib.suppress(ConnectionError):
            while sent < 1_000_000_000:
                connection.sendall(b"a" * 65536)
                sent += 65536
    assert sent < 100_000_000


def test_nothing_of_this_was_a_crash(pair: Pair) -> None:
    _, proxy = pair
    assert requests.get(f"{proxy.url}/health", timeout=20).status_code == 200
    output = proxy.output()
    assert "Traceback" not in output
    assert "crashed" not in output


def test_a_slow_head_is_answered_and_an_idle_connection_is_left_alone(pair: Pair) -> None:
    _, proxy = pair
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as idle:
        slow = send(proxy.port, POST + b"X: y\r\n")
        assert slow.status == 408
        assert slow.error["code"] == "request_timeout"
        idle.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_answer(idle).status == 200


@pytest.mark.parametrize("size", [3, 5, 6, 40])
def test_a_torn_hello_of_tls_has_as_long_as_a_head(pair: Pair, size: int) -> None:
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)
    with socket.create_connection(("127.0.0.1", pair[1].port), timeout=30) as client:
        client.sendall(hello[:size])
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(100) == b""
