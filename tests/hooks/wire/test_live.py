"""An answer that goes on: a piece at a time, until it ends, fails, or nobody wants it any more."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from mitmproxy.test import tflow

from gigagate.hooks.wire import connections, live
from gigagate.hooks.wire.live import LiveAnswers, Pieces


@pytest.fixture(autouse=True)
def reads(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the client reads what it is sent."""
    state = [True]
    monkeypatch.setattr(connections, "client_does_not_read", lambda client: not state[0])
    monkeypatch.setattr(live, "SLICE", 0.001)
    return state


def pieces(source: AsyncGenerator[bytes]) -> Pieces:
    made = Pieces(source)
    made.client = tflow.tclient_conn()
    return made


async def all_of(made: Pieces) -> list[bytes]:
    addon, got = LiveAnswers(), []
    while not made.ended:
        await addon.gigagate_live(made)
        if made.latest:
            got.append(made.latest)
    return got


async def test_pieces_come_in_order_and_end() -> None:
    async def source() -> AsyncGenerator[bytes]:
        for piece in (b"a", b"b"):
            yield piece
            await asyncio.sleep(0.005)

    assert await all_of(pieces(source())) == [b"a", b"b"]


async def test_an_error_ends_it() -> None:
    async def source() -> AsyncGenerator[bytes]:
        yield b"a"
        raise RuntimeError("never shown")

    assert await all_of(pieces(source())) == [b"a"]


async def test_who_does_not_read_gets_nothing_more(reads: list[bool]) -> None:
    async def source() -> AsyncGenerator[bytes]:
        while True:
            yield b"a"

    made, addon = pieces(source()), LiveAnswers()
    reads[0] = False
    await addon.gigagate_live(made)
    assert (made.latest, made.coming) == (b"", None)
    reads[0] = True
    await addon.gigagate_live(made)
    assert made.latest == b"a"


async def test_the_source_is_told_that_the_client_has_left() -> None:
    told = asyncio.Event()

    async def source() -> AsyncGenerator[bytes]:
        try:
            await asyncio.sleep(3600)
            yield b"never"
        finally:
            told.set()

    made = pieces(source())
    await LiveAnswers().gigagate_live(made)
    live.leave(made)
    await told.wait()
    assert made.ended


@pytest.mark.parametrize(
    ("version", "header", "value"),
    [
        ("HTTP/1.1", "transfer-encoding", "chunked"),
        ("HTTP/1.0", "connection", "close"),
    ],
)
def test_its_length_is_not_told(version: str, header: str, value: str) -> None:
    request = tflow.tflow().request
    request.http_version = version

    async def source() -> AsyncGenerator[bytes]:
        yield b""

    made = live.answer({"content-type": "text/event-stream"}, source(), request)
    assert made.headers[header] == value
    assert "content-length" not in made.headers
    assert live.pieces_of(made) is not None
    assert live.pieces_of(tflow.tflow(resp=True).response) is None
