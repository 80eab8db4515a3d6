"""A whole message leaves the bytes that its parts would, and the layer as they would."""

import pytest
from mitmproxy import http
from mitmproxy.connection import ConnectionState, Server
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import Http1Client, Http1Connection
from mitmproxy.test.tflow import tclient_conn

from gigagate.hooks.wire.http1_client import GigaChatHttp1
from gigagate.hooks.wire.http1_server import LimitedHttp1Server
from gigagate.hooks.wire.whole import WholeAnswer, WholeRequest
from gigagate.settings import Limits

BODIES = [b"", b"hi", b"x" * 200_000]


def context() -> Context:
    made = Context(tclient_conn(), Options())
    made.server = Server(address=("localhost", 443))
    made.server.state = ConnectionState.OPEN
    return made


def said(layer: Http1Connection, *given: events.Event) -> tuple[list[bytes], str]:
    """What is written, and the state that the layer is left in."""
    done = [command for event in given for command in layer.handle_event(event)]
    sent = [command.data for command in done if isinstance(command, commands.SendData)]
    return sent, layer.state.__name__


def to_gigachat(version: str, chunked: bool) -> http.Request:
    made = http.Request.make("POST", "https://localhost/v1/x", b"", {"host": "x"})
    made.http_version = version
    if chunked:
        made.headers["transfer-encoding"] = "chunked"
    return made


@pytest.mark.parametrize("body", BODIES, ids=len)
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0", "HTTP/2.0"])
def test_a_request_is_the_one_of_its_parts(version: str, chunked: bool, body: bytes) -> None:
    whole = WholeRequest(1, to_gigachat(version, chunked), body)
    layers = [GigaChatHttp1(context()) for _ in range(2)]
    for layer in layers:
        said(layer, events.Start())
    at_once, state = said(layers[0], whole)
    in_parts, other = said(layers[1], *whole.parts())
    assert b"".join(at_once) == b"".join(in_parts)
    assert (state, layers[0].request_done) == (other, layers[1].request_done)
    assert len(at_once) == 1 or len(body) > 1000 or chunked or version != "HTTP/1.1"


ASKED = b"%s /v1/x HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("body", BODIES, ids=len)
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_an_answer_is_the_one_of_its_parts(
    method: bytes, version: str, chunked: bool, body: bytes
) -> None:
    made = http.Response.make(200, body)
    made.http_version = version
    if chunked:
        made.headers["transfer-encoding"] = "chunked"
    body = b"" if method == b"HEAD" else body
    whole = WholeAnswer(1, made, not body, body=body)
    layers = [LimitedHttp1Server(context(), Limits()) for _ in range(2)]
    for layer in layers:
        said(layer, events.Start(), events.DataReceived(layer.conn, ASKED % method))
    at_once, state = said(layers[0], whole)
    in_parts, other = said(layers[1], *whole.parts())
    assert b"".join(at_once) == b"".join(in_parts)
    assert (state, layers[0].stream_id) == (other, layers[1].stream_id)
    assert len(at_once) == 1 or len(body) > 1000 or chunked or version != "HTTP/1.1"


def test_whoever_does_not_know_a_whole_request_sends_nothing() -> None:
    """A request without its body and end would wait for its answer until the deadline."""
    layer = Http1Client(context())
    said(layer, events.Start())
    with pytest.raises(AssertionError):
        said(layer, WholeRequest(1, to_gigachat("HTTP/1.1", chunked=False), b"hi"))
