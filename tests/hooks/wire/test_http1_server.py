import tracemalloc

import pytest
from h11._receivebuffer import ReceiveBuffer
from mitmproxy import http
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import (
    ReceiveHttp,
    RequestHeaders,
    ResponseEndOfMessage,
    ResponseHeaders,
)
from mitmproxy.test.tflow import tclient_conn

from gigagate.hooks.wire import half_closed
from gigagate.hooks.wire.http1_server import LimitedHttp1Server
from gigagate.settings import Limits

REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def server(content: bytes) -> LimitedHttp1Server:
    server = LimitedHttp1Server.__new__(LimitedHttp1Server)
    server.limits, server.buf = Limits(), ReceiveBuffer()
    server.buf += content
    return server


def test_of_many_requests_in_the_buffer_only_the_first_is_looked_at() -> None:
    impatient = server(REQUEST * 100_000)
    tracemalloc.start()
    try:
        assert impatient.head_size() == len(REQUEST)
        assert tracemalloc.get_traced_memory()[1] < 10 * Limits().header_bytes
    finally:
        tracemalloc.stop()


def test_empty_lines_before_a_request_are_ignored_however_many() -> None:
    assert server(b"\r\n" * Limits().header_bytes + REQUEST).head_size() == len(REQUEST)
    assert server(b"\r\n" * Limits().header_bytes).head_size() is None


def test_a_request_that_waits_for_its_turn_is_nobodys_when_the_client_leaves() -> None:
    """It would take a slot after all that gives slots back has been called."""
    connection = tclient_conn()
    server = LimitedHttp1Server(Context(connection, Options()), Limits())
    list(server.handle_event(events.Start()))
    came = list(server.handle_event(events.DataReceived(connection, REQUEST * 2)))
    (head,) = (c.event for c in came if isinstance(c, ReceiveHttp) and is_head(c))
    answer = http.Response.make(204)
    list(server.handle_event(ResponseHeaders(head.stream_id, answer, end_stream=False)))
    done = list(server.handle_event(ResponseEndOfMessage(head.stream_id)))
    (turn,) = (command for command in done if isinstance(command, commands.RequestWakeup))
    list(server.handle_event(events.ConnectionClosed(connection)))
    assert list(server.handle_event(events.Wakeup(turn))) == []


def test_a_client_that_sends_no_more_is_asked_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(half_closed.connections, "has_gone", lambda client: False)
    client = half_closed.HalfClosed(tclient_conn())
    done = [command for _ in range(10) for command in client.look(answering=False)]
    alarms = [command.delay for command in done if isinstance(command, commands.RequestWakeup)]
    assert len(done) - len(alarms) == half_closed.SENT
    assert alarms == [*half_closed.PAUSES, *[half_closed.PAUSES[-1]] * 7]


def is_head(command: ReceiveHttp) -> bool:
    return isinstance(command.event, RequestHeaders)
