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
from mitmproxy.log import LogEntry
from mitmproxy.proxy import server
from mitmproxy.proxy.layers.http import HttpResponseHook
from mitmproxy.proxy.layers.tls import TLSLayer
from mitmproxy.test import taddons, tflow

from gigagate.hooks.patches import speed
from gigagate.hooks.wire import hooks_at_once
from gigagate.hooks.wire.chunked_body import ChunkedAnswer
from gigagate.hooks.wire.http_layer import GigaHttpLayer

REPLACED = [
    (http.MessageData, "__post_init__"),
    (GigaHttpLayer, "hooks_at_once"),
    (hooks_at_once, "begin"),
    (server, "ConnectionIO"),
    (TLSLayer, "tls_interact"),
]
post_init = http.MessageData.__post_init__
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


# Messages -------------------------------------------------------------------------------------


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


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def add_log(self, entry: LogEntry) -> None:
        self.heard.append(entry.msg)


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
