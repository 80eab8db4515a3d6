"""What mitmproxy reads and writes in pieces of 64 KB goes through its layers as one, and what it
encrypts as one is written in pieces."""

import asyncio
import os
from collections.abc import Iterable, Iterator

import pytest
from mitmproxy.proxy import commands, server
from mitmproxy.proxy.layers.tls import TLSLayer
from mitmproxy.test import tflow
from OpenSSL import SSL

from gigagate.hooks.patches import pieces

OF_MITMPROXY = 65535
REPLACED = [(server, "ConnectionIO"), (TLSLayer, "tls_interact"), (TLSLayer, "send_data")]
PIECE = 256 * 1024


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


class _Transport(asyncio.ReadTransport):
    paused = False

    def pause_reading(self) -> None:
        self.paused = True


@pytest.mark.parametrize(("size", "paused"), [(2 * PIECE, False), (2 * PIECE + 1, True)])
async def test_asyncio_goes_on_reading_where_a_piece_is_more_than_its_own_limit(
    size: int, paused: bool
) -> None:
    stream, transport = asyncio.StreamReader(), _Transport()
    stream.set_transport(transport)
    server.ConnectionIO(reader=stream)
    stream.feed_data(bytes(size))
    assert transport.paused is paused


class _Tls:
    """Encrypts nothing."""

    def __init__(self, waiting: bytes = b"", fault: Exception | None = None) -> None:
        self.waiting = waiting
        self.fault = fault

    def sendall(self, data: bytes) -> None:
        if self.fault:
            raise self.fault
        self.waiting += data

    def bio_read(self, size: int) -> bytes:
        if not self.waiting:
            raise SSL.WantReadError
        piece, self.waiting = self.waiting[:size], self.waiting[size:]
        return piece


def layer_over(tls: _Tls) -> TLSLayer:
    layer = TLSLayer.__new__(TLSLayer)
    layer.conn = tflow.tserver_conn()
    layer.tls = tls  # type: ignore[assignment]
    return layer


def written(wanted: Iterable[commands.Command]) -> Iterator[bytes]:
    return (one.data for one in wanted if isinstance(one, commands.SendData))


@pytest.mark.parametrize(
    ("waiting", "sent"), [(b"", 0), (b"a", 1), (b"ab" * OF_MITMPROXY + b"c", 1)]
)
def test_what_is_to_be_sent_is_sent_at_once(waiting: bytes, sent: int) -> None:
    pieces = list(written(layer_over(_Tls(waiting)).tls_interact()))
    assert len(pieces) == sent
    assert b"".join(pieces) == waiting


@pytest.mark.parametrize(
    ("size", "lengths"),
    [
        (1, [1]),
        (2 * PIECE, [2 * PIECE]),
        (2 * PIECE + 1, [PIECE, PIECE, 1]),
        (3 * PIECE, [PIECE, PIECE, PIECE]),
    ],
)
def test_a_large_body_is_written_while_the_rest_is_encrypted(size: int, lengths: list[int]) -> None:
    data, tls = os.urandom(size), _Tls()
    pieces = list[bytes]()
    for piece in written(layer_over(tls).send_data(data)):
        assert not tls.waiting
        pieces.append(piece)
    assert [len(piece) for piece in pieces] == lengths
    assert b"".join(pieces) == data


@pytest.mark.parametrize("fault", [SSL.ZeroReturnError(), SSL.SysCallError(-1, "")])
def test_what_nobody_reads_is_let_go(fault: Exception) -> None:
    wrote = written(layer_over(_Tls(fault=fault)).send_data(bytes(3 * PIECE)))
    assert list(wrote) == []
