"""How the cost grows: one thing asked at growing size makes a series, a plot and a small table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.bench import traffic
from tests.bench.scenarios import Scenario

_BODY_BYTES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_MESSAGES = (2, 10, 50, 200, 1000)
_OPEN_STREAMS = (1, 4, 16, 64, 256)
_MANY_STREAMS = 256
"""These take a while to open, so they last longer: all must be open at once for some seconds."""


@dataclass(frozen=True, slots=True)
class Series:
    """One thing that grows, and what it is that it costs."""

    name: str
    title: str
    x: str
    """What grows, with its unit."""
    y: Mapping[str, str]
    """Field of `load.Result` -> what it is, with its unit."""
    scenarios: Mapping[int, Scenario]
    sentence: str
    """What to see in the plot; true whatever the numbers are."""
    tick: Callable[[int], str] = str

    @property
    def measured(self) -> list[Scenario]:
        return list(self.scenarios.values())


def size(count: int) -> str:
    """As in `10 KB`: decimal units, nothing after the point."""
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count // 1000} KB"


def _body(count: int) -> Scenario:
    return Scenario(
        f"bodies-{count}",
        clients=1,
        body=lambda translates: traffic.cline(count, parts=translates, turns=1),
        seconds=0.8,
        warmup=2,
    )


def _history(count: int) -> Scenario:
    return Scenario(
        f"messages-{count}",
        clients=1,
        body=lambda translates: traffic.conversation(count, parts=translates),
        seconds=0.8,
    )


def _open(count: int) -> Scenario:
    chunks = 50 if count >= _MANY_STREAMS else 30
    return Scenario(
        f"streams-{count}",
        clients=count,
        body=lambda translates: traffic.streamed(chunks),
        seconds=0.0,
        warmup=0,
        chunks=chunks,
        together=True,
        without=("mitmdump",),
    )


SERIES = {
    series.name: series
    for series in (
        Series(
            "bodies",
            "Size of the request",
            "size of the request's body",
            {"p50": "p50 of one client, ms"},
            {count: _body(count) for count in _BODY_BYTES},
            "Where a line is flat, it shows the fixed price of a request; where it rises, that "
            "of each further byte.  `direct` is what client and fake GigaChat take by themselves.",
            size,
        ),
        Series(
            "messages",
            "Length of the history",
            "messages of 200 bytes in the request",
            {"p50": "p50 of one client, ms"},
            {count: _history(count) for count in _MESSAGES},
            "`direct`, mitmdump and nginx read no message: how much steeper a line rises "
            "than theirs is what the translation of each message costs.",
        ),
        Series(
            "streams",
            "Open streams",
            "streams open at once, each with a chunk every 100 ms",
            {"chunk_delay": "median delay of a chunk, ms", "chunk_delay_p99": "its p99, ms"},
            {count: _open(count) for count in _OPEN_STREAMS},
            "How late a chunk comes, from GigaChat's write to the client's read.  The distance to "
            "`direct` is the proxy's part; a line ends where not all streams could be held open.",
        ),
    )
}
