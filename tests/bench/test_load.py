"""The client counts what it should, and says what went wrong instead of counting it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from tests.bench import traffic
from tests.bench.load import Job, run
from tests.bench.upstream import FakeGigaChat


@asynccontextmanager
async def _serving(protocol: Callable[[], asyncio.Protocol]) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


class _Canned(asyncio.Protocol):
    """Answers everything with the same bytes; closes after an empty answer."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if self._answer:
            self._transport.write(self._answer)
        else:
            self._transport.close()


def _job(port: int, body: bytes, *, clients: int = 1, chunks: int = 0) -> Job:
    return Job(port, [body.decode()], clients, seconds=0, warmup=1, chunks=chunks)


def _together(port: int, chunks: int, *, clients: int) -> Job:
    bodies = [traffic.streamed(chunks).decode()]
    return Job(port, bodies, clients, seconds=0, warmup=0, chunks=chunks, together=True)


@pytest.mark.parametrize("clients", [1, 16])
async def test_each_client_warms_up_and_is_measured_once(clients: int) -> None:
    async with _serving(FakeGigaChat) as port:
        result = await run(_job(port, traffic.small(), clients=clients))
    assert result.error is None
    assert result.sent == 2 * clients
    assert result.p99 >= result.p50 >= result.first_token > 0
    assert result.requests_per_second > 0


async def test_a_stream_is_measured_by_its_chunks() -> None:
    async with _serving(FakeGigaChat) as port:
        result = await run(_job(port, traffic.streamed(500), clients=2, chunks=500))
    assert result.error is None
    assert result.chunks_per_second == pytest.approx(500 * result.requests_per_second)


async def test_streams_held_open_together_tell_how_late_their_chunks_come() -> None:
    async with _serving(FakeGigaChat) as port:
        result = await run(_together(port, 150, clients=2))
    assert result.error is None
    assert result.sent == 2
    assert result.chunk_delay is not None
    assert result.chunk_delay_p99 is not None
    assert result.chunk_delay_p99 >= result.chunk_delay > 0


async def test_streams_without_the_time_in_their_chunks_have_no_delay() -> None:
    async with _serving(FakeGigaChat) as port:
        result = await run(_together(port, 500, clients=2))
    assert result.error == "at most 0 of 2 streams were open at once"


_LOST = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nw0rd\r\n0\r\n\r\n"
_CUT = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nw0\r\n6\r\nrdw0rd\r\n0\r\n\r\n"


async def test_a_marker_cut_by_chunk_framing_is_found() -> None:
    async with _serving(lambda: _Canned(_CUT)) as port:
        result = await run(_job(port, traffic.small(), chunks=2))
    assert result.error is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 400 Bad\r\nContent-Length: 4\r\n\r\noops", "HTTP 400"),
        (_LOST, "1 pieces of text instead of 2"),
        (b"", "connection lost"),
    ],
)
async def test_a_wrong_answer_ends_the_job_with_its_words(answer: bytes, error: str) -> None:
    async with _serving(lambda: _Canned(answer)) as port:
        result = await run(_job(port, traffic.small(), clients=2, chunks=2))
    assert error in str(result.error)
    assert result.requests_per_second == 0
