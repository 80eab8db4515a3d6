"""Whatever bytes GigaChat's side sends: no answer reaches another request, and none is lost."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.gigachat_wire import completion
from tests.support.proxy import Proxy
from tests.support.raw_http import RawAnswer, read_answer
from tests.support.scripted_upstream import CHUNKED_HEAD, OAUTH, Said, ScriptedUpstream, whole

ASKED, NEXT = "the odd question", "the question after it"
OPAQUE = "0pAqUe+w0rds/without=shape"
STRAY = "nobody asked for this"


def chat(text: str) -> bytes:
    body = json.dumps(completion(text)).encode()
    return whole(200, body)


def with_head(fields: bytes) -> bytes:
    return chat(ASKED).replace(b"\r\n", b"\r\n" + fields, 1)


def chunked(text: str, end: bytes = b"0\r\n\r\n") -> bytes:
    body = json.dumps(completion(text)).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
    return head + b"\r\n%x\r\n%s\r\n" % (len(body), body) + end


HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
ANSWERED = {
    "usual": chat(ASKED),
    "103": HINTS + chat(ASKED),
    "many 103": HINTS * 5 + chat(ASKED),
    "100": CONTINUE + chat(ASKED),
    "102 and 100": b"HTTP/1.1 102 Processing\r\n\r\n" + CONTINUE + chat(ASKED),
    "two answers": chat(ASKED) + chat(STRAY),
    "an answer and 103": chat(ASKED) + HINTS,
    "an answer and half of one": chat(ASKED) + chat(STRAY)[:40],
    "an answer and a line": chat(ASKED) + b"\r\n",
    "an answer and noise": chat(ASKED) + b"\x16\x03\x01",
    "chunks and an answer": chunked(ASKED) + chat(STRAY),
    "chunks and trailers": chunked(ASKED, b"0\r\nX-Y: z\r\n\r\n"),
}
FAILED = {
    "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + chat(ASKED),
    "only 103": HINTS * 40,
    "no body where one was told": b"HTTP/1.1 204 No Content\r\n\r\n" + chat(STRAY),
    "not modified": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n" + chat(STRAY),
    "two lengths": with_head(b"Content-Length: 3\r\n"),
    "length and chunks": with_head(b"Transfer-Encoding: chunked\r\n"),
    "folded": with_head(b"X: y\r\n Content-Length: 3\r\n"),
    "space before the colon": with_head(b"Content-Length : 3\r\n"),
    "another coding": with_head(b"Transfer-Encoding: gzip\r\n"),
    "a short length": chat(ASKED)[:-1].replace(b"Content-Length: ", b"Content-Length: 1", 1),
    "long head": with_head(b"X: " + b"y" * 200_000 + b"\r\n"),
    "noise": b"\x16\x03\x01 this is not HTTP \xff\xfe\r\n\r\n",
    "an empty line": b"\r\n" + chat(ASKED),
}
HELD = "a short length"
"""The rest of it is waited for: GigaChat closes."""


class Odd(ScriptedUpstream):
    """Answers each question with what it is asked; the first kind oddly."""

    odd = b""
    closes = False
    size = 65536

    def answer_to(self, request: bytes, connection: socket.socket) -> Said:
        if request.startswith(OAUTH):
            said = super().answer_to(request, connection).pieces[0].partition(b"\r\n\r\n")[2]
            token = json.loads(said)
            token["access_token"] += f"-{OPAQUE}"
            return Said([whole(200, json.dumps(token).encode())])
        if ASKED.encode() not in request:
            return Said([chat(NEXT)])
        pieces = [self.odd[i : i + self.size] for i in range(0, len(self.odd), self.size)]
        return Said(pieces, self.closes)


@pytest.fixture(scope="module", params=["fast", "plain"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Odd, Proxy]]:
    folder: Path = tmp_path_factory.mktemp("odd")
    settings = {"deadlines": {"retry": 0.5}}
    environment = {"GIGACHAT_VERIFY_SSL_CERTS": "true"}
    if request.param == "plain":
        environment["GIGAGATE_PLAIN"] = "true"
    with Odd() as upstream:
        saved = ["-w", str(folder / "flows"), "--set", "store_streamed_bodies=true"]
        with Proxy(upstream, folder, *saved, environment=environment, settings=settings) as proxy:
            yield upstream, proxy


def ask(client: socket.socket, text: str, stream: bool = False) -> RawAnswer:
    chat = {"model": "gigachat", "messages": [{"role": "user", "content": text}], "stream": stream}
    body = json.dumps(chat)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}"
    client.sendall(f"{head}\r\n\r\n{body}".encode())
    return read_answer(client)


def text_of(answer: RawAnswer) -> str:
    assert answer.status == 200, answer
    text: str = json.loads(answer.body)["choices"][0]["message"]["content"]
    return text


@pytest.mark.parametrize("size", [65536, 1])
@pytest.mark.parametrize("kind", ["json", "text", "stream", "chunk head"])
def test_the_token_that_gigachat_repeats_is_shown_to_nobody(
    pair: tuple[Odd, Proxy], kind: str, size: int
) -> None:
    upstream, proxy = pair
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
        ask(client, NEXT)
    token = f"token-{upstream.tokens}-{OPAQUE}"
    complaint = json.dumps({"status": 400, "message": f"bad token {token}"}).encode()
    event = b"data: " + complaint + b"\n\n"
    upstream.odd = {
        "json": whole(400, complaint),
        "text": whole(500, f"No <b>{token}</b>".encode(), b"X-Token: %s\r\n" % token.encode()),
        "stream": CHUNKED_HEAD + b"%x\r\n%s\r\n0\r\n\r\n" % (len(event), event),
        "chunk head": CHUNKED_HEAD + token.encode() + b"\r\n\r\n",
    }[kind]
    upstream.closes, upstream.size = False, size
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
        answer = ask(client, ASKED, stream=kind in ("stream", "chunk head"))
    assert b"error" in answer.body
    assert token.encode() not in answer.body
    if kind in ("json", "stream"):
        assert b"bad token [secret]" in answer.body
    for _ in range(2):  # what is written at the end of a request, has been when the next one ends
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
            assert text_of(ask(client, NEXT)) == NEXT
    assert OPAQUE not in proxy.output()
    assert OPAQUE.encode() not in (proxy.log_file.parent / "flows").read_bytes()


@pytest.mark.parametrize("size", [65536, 1])
@pytest.mark.parametrize("name", [*ANSWERED, *FAILED])
def test_each_request_gets_its_own_answer(pair: tuple[Odd, Proxy], name: str, size: int) -> None:
    upstream, proxy = pair
    upstream.odd = {**ANSWERED, **FAILED}[name]
    upstream.closes, upstream.size = name == HELD, size if len(upstream.odd) < 5000 else 65536
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=20) as client:
        assert text_of(ask(client, NEXT)) == NEXT
        for _ in range(2):
            answer = ask(client, ASKED)
            if name in ANSWERED:
                assert text_of(answer) == ASKED
            else:
                assert answer.status >= 500 or "error" in json.loads(answer.body), answer
            for _ in range(2):
                assert text_of(ask(client, NEXT)) == NEXT
    assert "Traceback" not in proxy.output()
