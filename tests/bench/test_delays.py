"""A chunk's delay is found in its text, and counts only while all the streams are open."""

import pytest
from tests.bench import delays
from tests.bench.delays import Chunk, NeverTogether, while_all_open

_MS = 1_000_000


def _stream(*times: tuple[int, int]) -> list[Chunk]:
    return [Chunk(sent * _MS, arrived * _MS) for sent, arrived in times]


def test_a_chunk_arrives_with_the_read_that_completes_its_stamp() -> None:
    received = b"one at100ns two at20" + b"0ns three at300ns"
    arrivals = [(3, 1), (20, 110), (len(received), 330)]
    assert delays.chunks(received, arrivals) == [Chunk(100, 110), Chunk(200, 330), Chunk(300, 330)]


def test_a_stamp_is_read_back() -> None:
    text = delays.stamp().encode()
    [chunk] = delays.chunks(text, [(len(text), 7)])
    assert chunk.sent > 0
    assert chunk.arrived == 7


def test_only_chunks_sent_while_all_are_open_count() -> None:
    early = _stream((0, 1), (10, 13), (20, 22))
    late = _stream((5, 8), (15, 19), (25, 30))
    assert while_all_open([early, late]) == [2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("streams", "most"),
    [
        ([_stream((0, 1), (10, 11)), _stream((5, 6), (15, 16)), _stream((20, 21), (30, 31))], 2),
        ([_stream((0, 50), (40, 50)), _stream((0, 50), (40, 50))], 0),
        ([_stream((0, 1), (10, 11)), []], 1),
    ],
)
def test_streams_never_open_at_once_are_no_measurement(
    streams: list[list[Chunk]], most: int
) -> None:
    words = f"at most {most} of {len(streams)} streams"
    with pytest.raises(NeverTogether, match=words):
        while_all_open(streams)
