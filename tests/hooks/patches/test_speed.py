"""Each part that is replaced by a quicker one gives what mitmproxy's own gives."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from h11 import LocalProtocolError
from h11._readers import ChunkedReader
from h11._receivebuffer import ReceiveBuffer
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.addonmanager import AddonManager
from mitmproxy.connection import Client
from mitmproxy.log import LegacyLogEvents, LogEntry
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpResponseHook
from mitmproxy.test import taddons, tflow

from gigagate.hooks.patches import speed
from gigagate.hooks.wire.chunked_body import ChunkedAnswer
from gigagate.hooks.wire.http_layer import GigaHttpLayer

REPLACED = [
    (http.MessageData, "__post_init__"),
    (http.Headers, "get_all"),
    (Context, "fork"),
    (GigaHttpLayer, "hooks_at_once"),
]
get_all, fork, post_init = http.Headers.get_all, Context.fork, http.MessageData.__post_init__
"""mitmproxy's own."""


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are replaced for the whole process; here for one test."""
    for owner, name in REPLACED:
        monkeypatch.setattr(owner, name, getattr(owner, name))


@pytest.fixture
async def installed() -> AsyncIterator[taddons.context]:
    with taddons.context() as context:
        speed.install(context.master)
        yield context


# Headers --------------------------------------------------------------------------------------

NAMES = st.sampled_from([b"a", b"A", b"Set-Cookie", b"set-cookie", b"\xff", b"\xd0\x9f", b"\xc0"])
FIELDS = st.lists(st.tuples(NAMES | st.binary(max_size=3), st.binary(max_size=4)), max_size=6)


@given(FIELDS, NAMES | st.binary(max_size=3) | st.text(max_size=3))
def test_headers_are_found_as_mitmproxy_finds_them(
    fields: list[tuple[bytes, bytes]], name: str | bytes
) -> None:
    headers = http.Headers(fields)
    expected = found(headers, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(http.Headers, "get_all", get_all)
        speed.look_headers_up_quickly()
        assert http.Headers.get_all is not get_all
        assert found(headers, name) == expected


def found(headers: http.Headers, name: str | bytes) -> list[object]:
    """By every way to look; an error counts as found."""
    looks = [
        lambda: headers.get_all(name),
        lambda: headers[name],
        lambda: headers.get(name),
        lambda: name in headers,
        lambda: headers.items(),
    ]
    results: list[object] = []
    for look in looks:
        try:
            result = look()
            results.append(result if isinstance(result, list | str | bool) else repr(result))
        except (KeyError, UnicodeError) as error:
            results.append(type(error))
    return results


# Bodies ---------------------------------------------------------------------------------------


def read(reader: ChunkedReader, pieces: list[bytes]) -> tuple[bytes, str]:
    """The body, and how it ended; trailers apart."""
    buffer, body = ReceiveBuffer(), b""
    for piece in pieces:
        buffer += piece
        try:
            while (event := reader(buffer)) is not None:
                if not hasattr(event, "data"):
                    return body, "end"
                body += event.data
        except LocalProtocolError:
            return body, "fault"
    return body, "more to come"


@st.composite
def torn(draw: st.DrawFn) -> list[bytes]:
    chunks = draw(st.lists(st.binary(min_size=1, max_size=3000), max_size=8))
    whole = bytearray(b"".join(b"%x;x\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n")
    if draw(st.booleans()):
        at = draw(st.integers(0, len(whole) - 1))
        whole[at : at + 1] = draw(st.binary(max_size=3))
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    return [bytes(whole[a:b]) for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


@given(torn())
def test_a_body_in_chunks_is_read_as_h11_reads_it(pieces: list[bytes]) -> None:
    assert read(ChunkedAnswer(), pieces) == read(ChunkedReader(), pieces)


# Contexts and messages ------------------------------------------------------------------------


def test_a_forked_context_is_as_mitmproxy_forks_it(installed: taddons.context) -> None:
    client = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2))
    context = Context(client, Options())
    context.layers.append(layer := object())  # type: ignore[arg-type]
    ours, theirs = context.fork(), fork(context)
    assert vars(ours) == vars(theirs)
    assert ours.server is context.server
    ours.layers.append(object())  # type: ignore[arg-type]
    ours.server = tflow.tserver_conn()
    assert context.layers == [layer]
    assert context.server is theirs.server


REQUEST: dict[str, object] = {
    "host": "h",
    "port": 1,
    "method": b"GET",
    "scheme": b"http",
    "authority": b"",
    "path": b"/",
    "http_version": b"HTTP/1.1",
    "headers": http.Headers(),
    "content": b"",
    "trailers": None,
    "timestamp_start": 0.0,
    "timestamp_end": None,
}


@pytest.mark.parametrize("name", REQUEST)
@pytest.mark.parametrize("value", [None, 1, 1.5, "text", b"bytes", http.Headers(), True, [b"x"]])
def test_a_message_with_a_wrong_type_is_refused_as_mitmproxy_refuses_it(
    installed: taddons.context, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    def refused() -> str | None:
        try:
            http.RequestData(**REQUEST | {name: value})  # type: ignore[arg-type]
        except TypeError as error:
            return str(error)
        return None

    ours = [refused(), refused()]
    monkeypatch.setattr(http.MessageData, "__post_init__", post_init)
    assert ours == [refused()] * 2


# Log events -----------------------------------------------------------------------------------


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def add_log(self, entry: LogEntry) -> None:
        self.heard.append(entry.msg)


async def test_a_script_hears_the_log_while_it_listens(
    installed: taddons.context, monkeypatch: pytest.MonkeyPatch
) -> None:
    master = installed.master
    formatted: list[str] = []
    monkeypatch.setattr(LegacyLogEvents, "format", lambda _, record: formatted.append(record.msg))
    legacy = master._legacy_log_events

    async def say(text: str) -> None:
        legacy.emit(logging.makeLogRecord({"msg": text, "levelno": logging.INFO}))
        await asyncio.sleep(0)

    await say("nobody listens")
    master.addons.add(listener := Listener())
    await say("one listens")
    master.addons.remove(listener)
    await say("nobody listens any more")
    assert formatted == ["one listens"]
    assert len(listener.heard) == 1


# Twice ----------------------------------------------------------------------------------------


async def test_to_install_it_twice_does_no_harm(installed: taddons.context) -> None:
    speed.install(installed.master)
    installed.master.addons.add(listener := Listener())
    flow = tflow.tflow(resp=True)
    seen: list[http.HTTPFlow] = []
    listener.response = seen.append  # type: ignore[attr-defined]
    await installed.master.addons.handle_lifecycle(HttpResponseHook(flow))
    installed.master._legacy_log_events.emit(logging.makeLogRecord({"msg": "said once"}))
    await asyncio.sleep(0)
    assert seen == [flow]
    assert len(listener.heard) == 1
    assert AddonManager.trigger is not installed.master.addons.trigger
