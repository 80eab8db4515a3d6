"""How long a chunk was under way: upstream writes the time into its text, the client compares.

Both are processes of one machine and share its monotonic clock.  Text is what every translation
keeps.
"""

import re
import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

_STAMP = re.compile(rb"at(\d+)ns")


class NeverTogether(Exception):
    """Not all the streams were open at any one time."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Times in nanoseconds of the monotonic clock."""

    sent: int
    arrived: int


def stamp() -> str:
    """Now, as it stands in a chunk's text."""
    return f" at{time.monotonic_ns()}ns"


def chunks(received: bytes | bytearray, arrivals: Sequence[tuple[int, int]]) -> list[Chunk]:
    """The stamped chunks of an answer.

    `arrivals` are pairs of how many bytes were there and since when; a stamp that chunk framing cut
    in two is passed over.
    """
    return [
        Chunk(int(found[1]), arrivals[bisect_left(arrivals, (found.end(), 0))][1])
        for found in _STAMP.finditer(received)
    ]


def while_all_open(streams: Sequence[Sequence[Chunk]]) -> list[float]:
    """Milliseconds of every chunk sent while all `streams` were open, in ascending order.

    A stream is open for the client from its first chunk's arrival until its last one is sent.
    """
    spans = [(s[0].arrived, s[-1].sent) if s else (0, 0) for s in streams]
    begin, end = max(first for first, _ in spans), min(last for _, last in spans)
    if begin >= end:
        most = max(sum(f <= moment < e for f, e in spans) for moment, _ in spans)
        raise NeverTogether(f"at most {most} of {len(streams)} streams were open at once")
    return sorted(
        (chunk.arrived - chunk.sent) / 1e6
        for stream in streams
        for chunk in stream
        if begin <= chunk.sent <= end
    )
