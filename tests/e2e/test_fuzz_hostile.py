"""Shapes made to hold the proxy up, from clients and from GigaChat at once: /health answers all the
while, every request ends, and no answer reaches another.

FUZZ_CASES=100000 FUZZ_SEED=7 make it a long run, or another one.
"""

import gzip
import json
import os
import random
import re
import socket
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import cache
from itertools import count

import pytest
from tests.support import hostile, hostile_dialects
from tests.support.gigachat_wire import completion
from tests.support.proxy import Proxy
from tests.support.pulse import Pulse
from tests.support.raw_http import read_answer
from tests.support.scripted_upstream import OAUTH, Said, ScriptedUpstream, whole

CASES = int(os.environ.get("FUZZ_CASES", "10000")) // 50
SEED = int(os.environ.get("FUZZ_SEED", "1"))
CLIENTS = 8
PIECES = (100, 1000, 4000)
JSON = b"Content-Type: application/json\r\n"
CHAT = "/v1/chat/completions"

Chance = random.Random


def chat(text: str, **more: object) -> dict[str, object]:
    return {"model": "gigachat", "messages": [{"role": "user", "content": text}], **more}


def request(path: str, body: bytes, head: bytes = JSON) -> bytes:
    first = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n".encode()
    return first + head + b"\r\n" + body


def in_json(path: str, asked: object) -> bytes:
    return request(path, json.dumps(asked).encode())


def of_a_schema(chance: Chance, tag: str) -> bytes:
    schema = chance.choice(hostile.SCHEMAS)(chance.choice(PIECES))
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    return in_json(CHAT, chat(tag, tools=[tool]))


def of_names(chance: Chance, tag: str) -> bytes:
    names = chance.choice((hostile.names_that_clash, hostile.long_names_that_clash))
    return in_json(CHAT, chat(tag, tools=hostile.tools(names(chance.choice(PIECES)))))


def of_words(chance: Chance, tag: str) -> bytes:
    before, piece, behind = chance.choice(list(hostile.TEXTS.values()))
    said = chat(before + piece * chance.choice(PIECES) * 10 + behind)
    history = [*said["messages"], {"role": "assistant", "content": "x"}]  # type: ignore[misc]
    return in_json(CHAT, chat(tag) | {"messages": [*history, *chat(tag)["messages"]]})  # type: ignore[misc]


def of_another_api(chance: Chance, tag: str) -> bytes:
    path, shape = chance.choice(list(hostile_dialects.REQUESTS.values()))
    return in_json(path, shape(chance.choice(PIECES)))


@cache
def much(size: int) -> bytes:
    """Little that becomes so many bytes."""
    return gzip.compress(b"[" + b"{}," * (size // 3) + b"{}]", 1)


PACKED: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("gzip", lambda: much(3_000_000)),
    ("gzip", lambda: much(48_000_000)),
    ("gzip", lambda: gzip.compress(b"{}") * 100_000),
    ("gzip, gzip", lambda: gzip.compress(much(48_000_000))),
    ("deflate", lambda: zlib.compress(much(3_000_000))),
    ("br", lambda: bytes(1000)),
    ("zstd", lambda: bytes(1000)),
)


def packed(chance: Chance, tag: str) -> bytes:
    coding, content = chance.choice(PACKED)
    return request(CHAT, content(), JSON + f"Content-Encoding: {coding}\r\n".encode())


def of_a_head(chance: Chance, tag: str) -> bytes:
    name = chance.choice(["/v1" * 20_000 + "/models?signature=x", "/" * 60_000, "/files/" * 8000])
    content_type = b"Content-Type: multipart/form-data" + b";a=b" * 14_000 + b"\r\n"
    if chance.random() < 0.5:
        return request("/v1/files", b"x", content_type)
    return request(name, b"{}")


def deep(chance: Chance, tag: str) -> bytes:
    depth = chance.choice((100, 100_000, 1_000_000))
    return request(CHAT, b'{"model":"a","messages":' + b"[" * depth)


def harmless(chance: Chance, tag: str) -> bytes:
    return in_json(CHAT, chat(tag, stream=chance.random() < 0.3))


ASKS: tuple[Callable[[Chance, str], bytes], ...] = (
    *(of_a_schema, of_names, of_words, of_another_api, packed, of_a_head, deep),
    *(harmless,) * 7,
)

TAG = re.compile(rb"case \d+\.")
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
STRAY = whole(200, json.dumps(completion("case 0. of nobody")).encode())


class Odd(ScriptedUpstream):
    """Answers with the tag that it was asked with, among bytes that nobody asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.count = count()

    def answer_to(self, request: bytes, connection: socket.socket) -> Said:
        if request.startswith(OAUTH):
            return super().answer_to(request, connection)
        chance = Chance(f"{SEED}:{next(self.count)}")
        found = TAG.findall(request)
        answer = whole(200, json.dumps(completion(found[-1].decode() if found else "x")).encode())
        if chance.random() < 0.5:
            return Said([answer])
        said = chance.choice(
            [
                HINTS * chance.randint(1, 40) + answer,
                b"HTTP/1.1 100 Continue\r\n\r\n" + answer,
                answer + STRAY,
                answer + HINTS,
                answer + STRAY[: chance.randint(1, len(STRAY))],
                STRAY[: chance.randint(1, 40)] + answer,
                answer[: chance.randint(0, len(answer))],
                b"HTTP/1.1 204 None\r\n\r\n" + STRAY,
                b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
                whole(200, much(15_000_000), JSON + b"Content-Encoding: gzip\r\n"),
                whole(200, b"[" * 1_000_000),
                chance.randbytes(500),
            ]
        )
        return Said([said], closes=chance.random() < 0.5 or not said.startswith(answer))


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("hostile")
    settings = {"limits": {"slots": CLIENTS}, "deadlines": {"retry": 1}}
    with Odd() as upstream, Proxy(upstream, folder, settings=settings) as proxy:
        yield proxy


def sleep_on(clients: ExitStack, port: int, chance: Chance) -> None:
    """A client that asks, or says half a word, and does nothing more."""
    sleeper = clients.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
    asked = in_json(CHAT, chat("x", stream=True))
    sleeper.sendall(chance.choice([asked, asked[:-9], asked[:50], b"\x16\x03\x01\x02", b""]))


def talk(port: int, cases: list[int]) -> list[tuple[int, int, set[bytes]]]:
    """Each case: its number, the status and the tags in the answer.  Connections are kept."""
    found = []
    with ExitStack() as clients:
        client = None
        for number in cases:
            chance, tag = Chance(f"{SEED}:{number}"), f"case {number}."
            content = chance.choice(ASKS)(chance, tag)
            if chance.random() < 0.1:
                sleep_on(clients, port, chance)
            if client is None:
                address = ("127.0.0.1", port)
                client = clients.enter_context(socket.create_connection(address, timeout=60))
            with suppress(OSError):  # it may be refused before all of it has come
                client.sendall(content)
            answer = read_answer(client)
            found.append((number, answer.status, set(TAG.findall(answer.body))))
            if answer.headers.get("connection") == "close" or answer.status != 200:
                client = None
    return found


def test_what_is_made_to_hold_the_proxy_up_does_not(proxy: Proxy) -> None:
    cases = list(range(1, CASES + 1))
    with Pulse(proxy), ThreadPoolExecutor(CLIENTS) as clients:
        shares = [cases[number::CLIENTS] for number in range(CLIENTS)]
        answers = [
            one for share in clients.map(lambda s: talk(proxy.port, s), shares) for one in share
        ]
    strange = [
        (number, tags)
        for number, status, tags in answers
        if status == 200 and tags - {f"case {number}.".encode()}
    ]
    assert strange == []
    statuses = {status for _, status, _ in answers}
    assert {200, 400, 502} <= statuses
    assert 500 not in statuses
    for word in ("Traceback", "crashed", "Addon error", "error of the proxy", "Translation failed"):
        assert word not in proxy.output()
