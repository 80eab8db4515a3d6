"""What mitmproxy reads and writes in pieces of 64 KB goes through its layers as one."""

import asyncio
from collections.abc import Iterator

import pytest
from mitmproxy.proxy import commands, server
from mitmproxy.proxy.layers.tls import TLSLayer
from mitmproxy.test import tflow
from OpenSSL import SSL

from gigagate.hooks.patches import pieces

OF_MITMPROXY = 65535
REPLACED = [(server, "ConnectionIO"), (TLSLayer, "tls_interact")]


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Twice, which does no harm."""
    for owner, name in REPLACED:
        monkeypatch.setattr(owner, name, getattr(owner, name))
    pieces.install()
    pieces.install()
    yield


@pytest.mark.parametrize("size", [1, OF_MITMPROXY, OF_MITMPROXY + 1, 300_000])
async def test_all_that_has_come_is_read(size: int) -> None:
    stream = asyncio.StreamReader()
    stream.feed_data(bytes(size))
    stream.feed_eof()
    reader = server.ConnectionIO(reader=stream).reader
    assert reader is not None
    assert [len(await reader.read(OF_MITMPROXY)) for _ in range(2)] == [size, 0]


def test_where_nothing_is_read_nothing_changes() -> None:
    assert server.ConnectionIO().reader is None


class _Tls:
    def __init__(self, waiting: bytes) -> None:
        self.waiting = waiting

    def bio_read(self, size: int) -> bytes:
        if not self.waiting:
            raise SSL.WantReadError
        piece, self.waiting = self.waiting[:size], self.waiting[size:]
        return piece


@pytest.mark.parametrize(
    ("waiting", "sent"), [(b"", 0), (b"a", 1), (b"ab" * OF_MITMPROXY + b"c", 1)]
)
def test_what_is_to_be_sent_is_sent_at_once(waiting: bytes, sent: int) -> None:
    layer = TLSLayer.__new__(TLSLayer)
    layer.conn = tflow.tserver_conn()
    layer.tls = _Tls(waiting)  # type: ignore[assignment]
    wanted = list(layer.tls_interact())
    assert len(wanted) == sent
    assert b"".join(one.data for one in wanted if isinstance(one, commands.SendData)) == waiting
