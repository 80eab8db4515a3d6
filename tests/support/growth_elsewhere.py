"""Readers of foreign bytes outside the translation: what people are shown of conversations, and the
wire.  Those with no row of their own are named with the reason.
"""

import json
from typing import Any

from h11._receivebuffer import ReceiveBuffer
from mitmproxy.connection import ConnectionState, Server
from mitmproxy.options import Options
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import RequestEndOfMessage, RequestHeaders
from mitmproxy.test.tflow import tclient_conn
from mitmproxy.test.tutils import treq
from tests.sessions.talks import calls, said, seen, task, user
from tests.support.growth import Row

from gigagate.core.http import Head
from gigagate.hooks.door import client_secrets
from gigagate.hooks.wire.chunked_body import ChunkedAnswer, ChunkedBody
from gigagate.hooks.wire.http1_client import GigaChatHttp1
from gigagate.hooks.wire.http1_server import LimitedHttp1Server
from gigagate.report_page import compare
from gigagate.report_page.page import render
from gigagate.sessions import anonymous, as_json, as_text, reading
from gigagate.sessions.finder import Finder
from gigagate.sessions.seen import Seen
from gigagate.sessions.session import Session, gathered
from gigagate.settings import Limits
from gigagate.views.facts import Facts


def _sessions(requests: list[Seen]) -> list[Session]:
    finder = Finder()
    for request in requests:
        finder.add(request)
    return gathered(finder.sessions)


def _one_long_history(n: int) -> list[Seen]:
    turns = [user("x"), calls("f", "1", a=1), said("x ```y``` <z>")] * n
    return [seen(turns, said("x")), seen([*turns, said("x"), user("y")], said("x"))]


def _summed_up(n: int) -> list[Seen]:
    """Each time the middle of the history has gone."""
    turns = [user(f"{i} of the words that are long enough to be known again") for i in range(n)]
    return [seen(turns, said("x")), seen([turns[0], *turns[n // 2 :]], said("x"))]


def _changed(n: int) -> list[Seen]:
    """An earlier message is another one now, in each of its lines."""
    before, after = "\n".join(["a <x>"] * n), "\n".join(["b", "a <x>", "c"] * n)
    return [
        seen([user("x"), user(before)], said("x"), instructions=before),
        seen([user("x"), user(after)], said("x"), instructions=after),
    ]


def _saved(n: int) -> tuple[bytes, bytes]:
    talk = [user("x"), said("x")] * n
    answer = {"choices": [{"message": said("x" * n)}]}
    return json.dumps({"messages": talk}).encode(), json.dumps(answer).encode()


def _read(saved: tuple[bytes, bytes]) -> object:
    head = Head("POST", "/v1/chat/completions", {})
    return reading.seen(head, *saved, Facts(), client="x")


def _many(n: int) -> list[Seen]:
    return [seen([user(f"{i}")], said("x")) for i in range(n)]


def _loop(n: int) -> list[Seen]:
    """So many requests, each as long as those before it are many: n is what is sent in all."""
    return task(*[calls("f", "1", a=1)] * round(n**0.5))


def _shown(requests: list[Seen]) -> object:
    sessions = _sessions(requests)
    page = render(anonymous.all_of(sessions))
    texts = [as_text.render(one, one.steps[0]) for one in sessions]
    beside = compare.render((sessions[0], sessions[-1]), ("a", "b"))
    return page, beside, texts, [json.dumps(as_json.told(one)) for one in sessions]


def _chunks(n: int) -> bytes:
    return b"1\r\nx\r\n" * n + b"0\r\n\r\n"


def _by_byte(body: ChunkedBody | ChunkedAnswer, content: bytes) -> None:
    buffer: Any = ReceiveBuffer()
    for i in range(len(content)):
        buffer += content[i : i + 1]
        while (event := body(buffer)) is not None:
            if type(event).__name__ == "EndOfMessage":
                return


def _request(n: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * (n // 4) + b"\r\n" * n


def _to_server(content: bytes) -> None:
    client = tclient_conn()
    server = LimitedHttp1Server(Context(client, Options()), Limits(header_bytes=10**6))
    list(server.handle_event(events.Start()))
    for i in range(len(content)):
        list(server.handle_event(events.DataReceived(client, content[i : i + 1])))


def _answer(n: int) -> bytes:
    hints = b"HTTP/1.1 103 Hints\r\n" + b"a: b\r\n" * (n // 4) + b"\r\n"
    return hints + b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % n + b"x" * n


def _to_client(content: bytes) -> None:
    gigachat, context = Server(address=("localhost", 443)), Context(tclient_conn(), Options())
    gigachat.state = ConnectionState.OPEN
    context.server = gigachat
    layer = GigaChatHttp1(context)
    list(layer.handle_event(events.Start()))
    head = RequestHeaders(1, treq(headers=(), content=None), end_stream=True)
    list(layer.handle_event(head))
    list(layer.handle_event(RequestEndOfMessage(1)))
    for i in range(len(content)):
        list(layer.handle_event(events.DataReceived(gigachat, content[i : i + 1])))


def _asks(path: str) -> None:
    client_secrets.remove(treq(path=path.encode()))


MORE_ROWS = (
    Row("sessions: a long history", _one_long_history, _shown),
    Row("sessions: summed up", _summed_up, _shown),
    Row("sessions: many", _many, _shown),
    Row("sessions: changed", _changed, _shown),
    Row("sessions: as bytes", _saved, _read),
    Row("sessions: a loop", _loop, _shown),
    Row("wire: a request", _request, _to_server),
    Row("wire: an answer", _answer, _to_client),
    Row("wire: a client's chunks", _chunks, lambda c: _by_byte(ChunkedBody(10**6), c)),
    Row("wire: GigaChat's chunks", _chunks, lambda c: _by_byte(ChunkedAnswer(), c)),
    Row("keys in a query", lambda n: "/v1?" + "key=x&" * n + "key" * n, _asks),
)

_HEAD = "reads a head, which is bounded"
_HANDS_ON = "hands bytes on to what has a row"
_BOUNDED = "reads one bounded answer, once"
_OWN = "reads what a process of ours has written"

NAMED = {
    "clients/client.py": _OWN,
    "clients/registry.py": "a pattern for names that an admin gives",
    "files/client.py": _BOUNDED,
    "files/fetch.py": "hands bytes on, so many and no more",
    "hooks/calls/moving.py": "looks once at the body that the translation has written",
    "hooks/calls/prepare.py": _HANDS_ON,
    "hooks/calls/shelves.py": _HANDS_ON,
    "hooks/door/access.py": _HEAD,
    "hooks/inspection/content_views.py": _HANDS_ON,
    "hooks/inspection/flow_memory.py": "takes lengths",
    "hooks/inspection/flow_sessions.py": _HANDS_ON,
    "hooks/inspection/wire_record.py": _HANDS_ON,
    "hooks/panel/proxy.py": _OWN,
    "hooks/panel/routes.py": "reads a bounded body of the admin's",
    "hooks/telemetry.py": _HANDS_ON,
    "hooks/wire/client_side.py": _HANDS_ON,
    "hooks/wire/refuse.py": "throws bytes away",
    "hooks/wire/stream.py": _HANDS_ON,
    "hooks/wire/unread.py": "takes lengths",
    "outbound/asking.py": _BOUNDED,
    "panel/requests.py": _OWN,
    "running.py": _OWN,
    "status_page/setups.py": "reads our own templates",
    "telemetry/webhook.py": "sends",
    "tokens/oauth.py": _BOUNDED,
    "tokens/token.py": "a bounded pattern",
    "trust.py": _BOUNDED,
    "upstream_models.py": _BOUNDED,
    "workers/folder.py": _OWN,
}
"""Module -> why it needs no row."""
