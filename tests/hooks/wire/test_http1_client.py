"""GigaChat's bytes, whole and one at a time: what becomes of the request, and of the connection."""

from collections.abc import Iterator

import pytest
from mitmproxy.connection import ConnectionState, Server
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import (
    ReceiveHttp,
    RequestEndOfMessage,
    RequestHeaders,
    ResponseData,
    ResponseHeaders,
    ResponseProtocolError,
)
from mitmproxy.test.tflow import tclient_conn
from mitmproxy.test.tutils import treq

from gigagate.core.response_head import MAX_BYTES
from gigagate.hooks.wire.http1_client import MAX_INFORMATIONAL, GigaChatHttp1

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Conversation:
    def __init__(self) -> None:
        self.connection = Server(address=("localhost", 443))
        self.connection.state = ConnectionState.OPEN
        context = Context(tclient_conn(), Options())
        context.server = self.connection
        self.layer = GigaChatHttp1(context)
        self.closed = False
        self.heard: list[object] = []
        self.feed(events.Start())

    def ask(self, stream_id: int) -> None:
        head = RequestHeaders(stream_id, treq(headers=(), content=None), end_stream=True)
        self.feed(head)
        self.feed(RequestEndOfMessage(stream_id))

    def feed(self, event: events.Event) -> None:
        for command in self.layer.handle_event(event):
            if isinstance(command, commands.CloseConnection):
                self.closed = True
            elif isinstance(command, ReceiveHttp):
                self.heard.append(command.event)

    def say(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            if not self.closed:
                self.feed(events.DataReceived(self.connection, piece))

    def answers(self) -> list[tuple[int, int]]:
        """(stream, status)"""
        heads = [event for event in self.heard if isinstance(event, ResponseHeaders)]
        return [(head.stream_id, head.response.status_code) for head in heads]

    def body(self) -> bytes:
        return b"".join(event.data for event in self.heard if isinstance(event, ResponseData))

    def failed(self) -> bool:
        return any(isinstance(event, ResponseProtocolError) for event in self.heard)


def by_size(content: bytes, size: int) -> Iterator[bytes]:
    return (content[i : i + size] for i in range(0, len(content), size))


def said(content: bytes, size: int) -> Conversation:
    conversation = Conversation()
    conversation.ask(1)
    conversation.say(by_size(content, size))
    return conversation


SIZES = pytest.mark.parametrize("size", [1, 7, 10_000_000])


@SIZES
@pytest.mark.parametrize("before", [b"", HINTS, CONTINUE, HINTS * MAX_INFORMATIONAL])
def test_informational_answers_are_no_answers(before: bytes, size: int) -> None:
    conversation = said(before + OK, size)
    assert conversation.answers() == [(1, 200)]
    assert conversation.body() == b"hi"
    assert not conversation.closed
    conversation.ask(3)
    conversation.say(by_size(before + OK.replace(b"hi", b"ho"), size))
    assert conversation.answers() == [(1, 200), (3, 200)]
    assert conversation.body() == b"hiho"


@SIZES
@pytest.mark.parametrize(
    "content",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + OK,
        HINTS * (MAX_INFORMATIONAL + 1) + OK,
        b"\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2 * MAX_BYTES,
        b"y" * 2 * MAX_BYTES,
    ],
    ids=["101", "hints", "empty lines", "two lengths", "long head", "no line"],
)
def test_what_cannot_be_read_fails_and_ends_the_connection(content: bytes, size: int) -> None:
    conversation = said(content, size)
    assert conversation.failed()
    assert conversation.closed
    assert conversation.answers() == []


@SIZES
@pytest.mark.parametrize("more", [OK, HINTS, CONTINUE, b"\r\n", b"x"])
def test_more_than_was_asked_for_ends_the_connection(more: bytes, size: int) -> None:
    conversation = said(OK + more, size)
    assert conversation.answers() == [(1, 200)]
    assert conversation.body() == b"hi"
    assert not conversation.failed()
    assert conversation.closed


def test_an_answer_that_nobody_asked_for_ends_the_connection() -> None:
    conversation = Conversation()
    conversation.say(by_size(OK, 5))
    assert conversation.closed
    assert conversation.heard == []


@SIZES
def test_trailers_are_passed_over(size: int) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n"
    conversation = said(chunked, size)
    assert conversation.body() == b"hi"
    assert not conversation.failed()
    assert not conversation.closed
