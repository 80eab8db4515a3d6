"""Random bytes at the socket: never a 500, never a hang, never a crash, and nothing goes upstream.

FUZZ_CASES=100000 FUZZ_SEED=7 make it a long run, or another one.
"""

import os
import random
import select
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from tests.support.proxy import Proxy
from tests.support.pulse import Pulse

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CASES = int(os.environ.get("FUZZ_CASES", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
CLIENTS = 16
SILENCE = 0.1
"""Seconds after which a client that waits for answers goes; shorter finds less, no more."""

BODY = b'{"model":"gigachat","messages":[{"role":"user","content":"hi"}]}'
POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
WHOLE = [
    b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"OPTIONS /v1/models HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n",
    POST + b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    POST + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00",
    POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
    b"GET /v1/files/x/content?signature=y&expires=z HTTP/1.1\r\nHost: localhost\r\n\r\n",
]
PARTS = [
    *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\n\n", b"\0", b" ", b"\t", b":", b"%", b"/", b"//"),
    *(b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"-1", b"1e9", b"\xff\xfe", b"\xd0\x9f", b"?", b"#"),
    *(
        b"GET ",
        b"HEAD ",
        b"CONNECT ",
        b"TRACE ",
        b"HTTP/1.1",
        b"HTTP/1.0",
        b"HTTP/2.0",
        b"\x16\x03",
    ),
    *(b"Host: localhost\r\n", b"Host: [::1\r\n", b"Host:\r\n", b"Connection: close\r\n"),
    *(b"Content-Length: 5\r\n", b"Content-Length: 99999999999\r\n", b"Content-Length:\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Expect: x\r\n"),
    *(b"Upgrade: websocket\r\n", b"Upgrade: h2c\r\n", b"Content-Encoding: br\r\n", b"a" * 5000),
    *(b"Authorization: Bearer \xff\r\n", b"Authorization: Basic !\r\n", b"Origin: null\r\n"),
    *(b"Content-Type: multipart/form-data\r\n", b"http://[::1/", b"*", b"../..", b"%00", b"%ff"),
]


def mutated(chance: random.Random) -> bytes:
    """One to three requests, whole or torn, with bytes put in, taken out, changed or repeated."""
    content = bytearray(b"".join(chance.choices(WHOLE, k=chance.randint(1, 3))))
    for _ in range(chance.randint(0, 6)):
        start = chance.randint(0, len(content))
        end = min(len(content), start + chance.choice((0, 0, 1, 2, 20)))
        match chance.randint(0, 3):
            case 0:
                content[start:end] = chance.choice(PARTS)
            case 1:
                content[start:end] = chance.randbytes(chance.randint(0, 4))
            case 2:
                content[start:start] = content[start:end] * chance.randint(1, 5)
            case 3:
                del content[start:]
    return bytes(content)


def sent_and_answered(port: int, seed: str) -> list[bytes]:
    """The status of each answer.  A proxy that does not end the connection is a TimeoutError."""
    chance = random.Random(seed)
    content = chance.randbytes(chance.randint(1, 200)) if chance.random() < 0.1 else mutated(chance)
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            while content:
                piece = chance.choice((1, 7, 100, 10_000))
                connection.sendall(content[:piece])
                content = content[piece:]
            if chance.random() < 0.5:
                received += heard_until_silence(connection)
            connection.shutdown(socket.SHUT_WR)  # whoever has gone is not answered
            while data := connection.recv(65536):
                received += data
        except TimeoutError:
            raise
        except OSError:
            pass  # the proxy has gone already
    lines = bytes(received).split(b"\r\n")
    return [line[9:12] for line in lines if line.startswith(b"HTTP/1.1 ")]


def heard_until_silence(connection: socket.socket) -> bytes:
    received = b""
    while select.select([connection], [], [], SILENCE)[0]:
        data = connection.recv(65536)
        if not data:
            break
        received += data
    return received


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Proxy]]:
    folder = tmp_path_factory.mktemp("fuzz")
    config = EmulatorConfig(concurrency=0)
    settings = {"limits": {"header_bytes": 4096, "body_bytes": 100_000}}
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder, settings=settings) as proxy:
            yield emulator, proxy


@pytest.mark.timeout(60 + CASES // 10)
def test_random_bytes_never_harm_the_proxy(pair: tuple[Emulator, Proxy]) -> None:
    _, proxy = pair
    seeds = [f"{SEED}:{number}" for number in range(CASES)]
    with Pulse(proxy), ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda seed: sent_and_answered(proxy.port, seed), seeds))
    harmed = [seed for seed, statuses in zip(seeds, answers, strict=True) if b"500" in statuses]
    assert harmed == []
    seen = {status for statuses in answers for status in statuses}
    assert {b"200", b"400"} <= seen, "the cases are neither all right nor all wrong"
    answer = requests.post(f"{proxy.base_url}/chat/completions", data=BODY, timeout=20)
    assert answer.status_code == 200
    for word in ("Traceback", "crashed", "Addon error", "error of the proxy"):
        assert word not in proxy.output()


def test_nothing_but_our_own_requests_went_upstream(pair: tuple[Emulator, Proxy]) -> None:
    emulator, _ = pair
    assert emulator.log
    for received in emulator.log:
        assert received.method in ("GET", "POST")
        assert received.target.startswith(("/api/v1/", "/api/v2/oauth", "/v1/"))
