"""Where a request and its answer are plain, their end is what mitmproxy would make of it."""

import pytest
from mitmproxy import http
from mitmproxy.options import Options
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import Http1Client, Http1Connection, Http1Server
from mitmproxy.test.tflow import tclient_conn, tserver_conn

from gigagate.hooks.wire.message_end import QuickEnd, _is_plain


class QuickServer(QuickEnd, Http1Server):
    pass


class QuickClient(QuickEnd, Http1Client):
    pass


def request(method: str = "POST", version: str = "HTTP/1.1", **headers: str) -> http.Request:
    made = http.Request.make(method, "http://x/", b"", {"host": "x"})
    made.http_version = version
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


def answer(
    status: int = 200, version: str = "HTTP/1.1", length: str | None = "2", **headers: str
) -> http.Response:
    made = http.Response.make(status, b"")
    made.http_version = version
    del made.headers["content-length"]
    if length is not None:
        made.headers["content-length"] = length
    made.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return made


PLAIN = [
    (request(), answer()),
    (request("GET"), answer(404)),
    (request("HEAD"), answer(length="17")),
    (request(), answer(length="two")),
    (request(), answer(204, length="0")),
]
OTHER = [
    (request(), answer(length=None)),
    (request("HEAD"), answer(length=None)),
    (request(), answer(transfer_encoding="chunked")),
    (request(), answer(transfer_encoding="identity")),
    (request(), answer(connection="close")),
    (request(), answer(connection="keep-alive")),
    (request(connection="close"), answer()),
    (request(connection="keep-alive"), answer()),
    (request(version="HTTP/1.0"), answer()),
    (request(version="HTTP/1.0", connection="keep-alive"), answer()),
    (request(), answer(version="HTTP/1.0")),
    (request(version="HTTP/2.0"), answer()),
    (request(), answer(101)),
    (request("CONNECT"), answer()),
]


def after(kind: type[Http1Connection], pair: tuple[http.Request, http.Response]) -> list[object]:
    """What has been done, and how the layer stands then."""
    context = Context(tclient_conn(), Options())
    context.server = tserver_conn()
    layer = kind(context)  # type: ignore[call-arg]
    list(layer.handle_event(events.Start()))
    layer.stream_id = 5
    layer.request, layer.response = pair
    done = [*layer.mark_done(request=True), *layer.mark_done(response=True)]
    return [
        [type(command) for command in done],
        layer.state.__name__,
        layer.stream_id,
        (layer.request, layer.response),
        (layer.request_done, layer.response_done),
    ]


@pytest.mark.parametrize("pair", [*PLAIN, *OTHER])
@pytest.mark.parametrize(
    ("ours", "theirs"), [(QuickServer, Http1Server), (QuickClient, Http1Client)]
)
def test_it_ends_as_mitmproxys_does(
    ours: type[Http1Connection],
    theirs: type[Http1Connection],
    pair: tuple[http.Request, http.Response],
) -> None:
    assert after(ours, pair) == after(theirs, pair)


@pytest.mark.parametrize(("pairs", "plain"), [(PLAIN, True), (OTHER, False)])
def test_both_ways_are_looked_at(
    pairs: list[tuple[http.Request, http.Response]], plain: bool
) -> None:
    for asked, told in pairs:
        assert (_is_plain(asked) and _is_plain(told)) is plain
