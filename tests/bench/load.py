"""The client whose stopwatch counts: a `Job` in on standard input, a `Result` out, both JSON.

Its own process, raw asyncio protocols, keep-alive, no parsing beyond where an answer ends: it has
to be several times faster than what it measures.  Every answer is checked: status 200, the marker
word in a whole one, every chunk in a streamed one; the first wrong one ends the job.
"""

import asyncio
import gc
import json
import re
import ssl
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median

from tests.bench import delays
from tests.bench.delays import Chunk, NeverTogether, while_all_open
from tests.bench.traffic import MARKER, PATH

_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_ANSWER_SECONDS = 60
_OPENING_SECONDS = 0.5
"""Over which streams that are held open together begin."""


@dataclass(frozen=True, slots=True)
class Job:
    """`clients` connections send `bodies` over and over for `seconds`, at least once each."""

    port: int
    bodies: Sequence[str]
    """One after the other; the times of all together are one sample."""
    clients: int
    seconds: float
    warmup: int
    """Requests of each client before the clock starts."""
    chunks: int = 0
    """How many times the marker stands in a streamed answer; 0 when it is not streamed."""
    ca_file: str | None = None
    """The authority to trust; None for plain HTTP."""
    path: str = PATH
    repeats: bool = False
    """The API tells the whole text again at the end of a stream."""
    together: bool = False
    """The clients begin one after the other, within half a second, and what counts is how late the
    chunks come while all their streams are open."""


@dataclass(frozen=True, slots=True)
class Result:
    """Times in milliseconds.  `error` says what went wrong first; the rest is then void."""

    sent: int = 0
    """All requests, those of the warm-up too."""
    p50: float = 0.0
    p99: float = 0.0
    first_token: float = 0.0
    requests_per_second: float = 0.0
    chunks_per_second: float = 0.0
    chunk_delay: float | None = None
    """Median from the upstream's write to the client's read; measured with `Job.together`."""
    chunk_delay_p99: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    total: float
    first_token: float


class WrongAnswer(Exception):
    pass


class Connection(asyncio.Protocol):
    """A client's connection; one request at a time."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._arrivals: list[tuple[int, int]] = []
        self._answered: asyncio.Future[None] | None = None
        self._first_token = 0.0
        self._end = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    async def send_all(self, requests: Sequence[bytes], job: Job) -> Sample:
        samples = [await self.send(request, job.chunks, job.repeats) for request in requests]
        return Sample(sum(s.total for s in samples), sum(s.first_token for s in samples))

    async def send(self, request: bytes, chunks: int, repeats: bool = False) -> Sample:
        """Send `request`, wait for the whole answer, check it."""
        self._received.clear()
        self._arrivals.clear()
        self._answered = asyncio.get_running_loop().create_future()
        self._first_token = 0.0
        self._end = 0
        start = time.perf_counter()
        self._transport.write(request)
        async with asyncio.timeout(_ANSWER_SECONDS):
            await self._answered
        total = time.perf_counter() - start
        self._check(chunks or 1, repeats)
        return Sample(total, self._first_token - start)

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._arrivals.append((len(self._received), time.monotonic_ns()))
        if not self._first_token and MARKER in self._received:
            self._first_token = time.perf_counter()
        if self._complete() and self._answered and not self._answered.done():
            self._answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_exception(WrongAnswer(f"connection lost: {exc or 'closed'}"))

    def chunks(self) -> list[Chunk]:
        """Those of the last answer."""
        return delays.chunks(self._received, self._arrivals)

    def close(self) -> None:
        self._transport.close()

    def _complete(self) -> bool:
        if not self._end:
            head_end = self._received.find(b"\r\n\r\n") + 4
            if head_end < 4:
                return False
            length = _CONTENT_LENGTH.search(self._received, 0, head_end)
            self._end = head_end + int(length[1]) if length else sys.maxsize
        return len(self._received) >= self._end or self._received.endswith(_LAST_CHUNK)

    def _check(self, expected: int, repeats: bool) -> None:
        status = bytes(self._received[9:12])
        if status != b"200":
            answer = bytes(self._received[-300:]).decode(errors="replace")
            raise WrongAnswer(f"HTTP {status.decode()}: {answer}")
        found = self._received.count(MARKER)
        if repeats and found > expected:
            return
        if found != expected:
            found = _unchunked(self._received).count(MARKER)
        if found < expected or (found > expected and not repeats):
            raise WrongAnswer(f"{found} pieces of text instead of {expected}")


async def run(job: Job) -> Result:
    """Do the job; a wrong answer, a lost connection or silence becomes `Result.error`."""
    tls = ssl.create_default_context(cafile=job.ca_file) if job.ca_file else None
    bodies = [body.encode() for body in job.bodies]
    requests = [b"%b%b" % (head(len(body), job.path), body) for body in bodies]
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(Connection, "localhost", job.port, ssl=tls))[1]
        for _ in range(job.clients)
    ]
    sent = 0

    async def work(connection: Connection, wait: float) -> list[Sample]:
        nonlocal sent
        await asyncio.sleep(wait)
        samples: list[Sample] = []
        while not samples or time.perf_counter() < until:
            samples.append(await connection.send_all(requests, job))
            sent += len(requests)
        return samples

    async def warm_up(connection: Connection) -> None:
        nonlocal sent
        for _ in range(job.warmup):
            await connection.send_all(requests, job)
            sent += len(requests)

    try:
        await asyncio.gather(*map(warm_up, connections))
        start = time.perf_counter()
        until = start + job.seconds
        gap = _OPENING_SECONDS / job.clients if job.together else 0.0
        per_client = await asyncio.gather(*(work(c, n * gap) for n, c in enumerate(connections)))
        elapsed = time.perf_counter() - start
        late = while_all_open([c.chunks() for c in connections]) if job.together else []
    except (WrongAnswer, NeverTogether, TimeoutError) as error:
        return Result(sent, error=str(error) or f"no answer in {_ANSWER_SECONDS} s")
    finally:
        for connection in connections:
            connection.close()
    samples = [sample for of_one in per_client for sample in of_one]
    summary = _summary(samples, elapsed, sent, job.chunks)
    if not late:
        return summary
    return replace(summary, chunk_delay=median(late), chunk_delay_p99=_p99(late))


def head(length: int, path: str = PATH) -> bytes:
    """The head of a request with a body of `length` bytes."""
    return (
        b"POST %b HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n"
        b"Authorization: Bearer sk-bench\r\nContent-Type: application/json\r\n"
        b"Accept: */*\r\nContent-Length: %d\r\n\r\n" % (path.encode(), length)
    )


def _unchunked(answer: bytearray) -> bytes:
    """The body without the chunk heads that a proxy may have put inside the marker word."""
    body = bytearray()
    start = answer.index(b"\r\n\r\n") + 4
    while (head_end := answer.find(b"\r\n", start)) >= 0:
        size = int(answer[start:head_end], 16)
        body += answer[head_end + 2 : head_end + 2 + size]
        start = head_end + 2 + size + 2
    return bytes(body)


def _summary(samples: Sequence[Sample], elapsed: float, sent: int, chunks: int) -> Result:
    totals = sorted(sample.total * 1000 for sample in samples)
    return Result(
        sent=sent,
        p50=median(totals),
        p99=_p99(totals),
        first_token=median(sample.first_token * 1000 for sample in samples),
        requests_per_second=len(samples) / elapsed,
        chunks_per_second=len(samples) * chunks / elapsed,
    )


def _p99(ascending: Sequence[float]) -> float:
    return ascending[int(len(ascending) * 0.99)]


def main() -> None:
    job = Job(**json.load(sys.stdin))
    gc.disable()
    json.dump(asdict(asyncio.run(run(job))), sys.stdout)


if __name__ == "__main__":
    main()
