import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.core import sse
from gigagate.errors import UpstreamProtocolError

CASES = {
    "nothing": (b"", []),
    "one event": (b"data: one\n\n", [b"one"]),
    "two events": (b"data: one\n\ndata: two\n\n", [b"one", b"two"]),
    "no space after the colon": (b"data:one\n\n", [b"one"]),
    "only one space is taken": (b"data:  one\n\n", [b" one"]),
    "CRLF": (b"data: one\r\n\r\ndata: two\r\n\r\n", [b"one", b"two"]),
    "several data lines": (b"data: one\ndata: two\n\n", [b"one\ntwo"]),
    "comments": (b": ping\n\ndata: one\n: ping\n\n", [b"one"]),
    "other fields": (b"event: delta\nid: 7\nretry: 1\ndata: one\n\n", [b"one"]),
    "blank lines": (b"\n\n\ndata: one\n\n\n\n", [b"one"]),
    "empty data": (b"data:\n\n", [b""]),
    "a carriage return inside": (b"data: a\rb\n\n", [b"a\rb"]),
    "UTF-8": ("data: Привет 🙂\n\n".encode(), ["Привет 🙂".encode()]),
    "end after one newline": (b"data: one\n\ndata: [DONE]\n", [b"one", b"[DONE]"]),
    "end in the line": (b"data: one\n\ndata: tw", [b"one", b"tw"]),
    "a bare JSON object": (b'{"status":500}\n\n', [b'{"status":500}']),
    "a bare JSON object at the end": (b'data: one\n\n{"status":500}', [b"one", b'{"status":500}']),
    "a web page": (b"<html>\n\n<p>502</p>\n", []),
}


def decode(*chunks: bytes) -> list[bytes]:
    decoder = sse.Decoder()
    found = [data for chunk in chunks for data in decoder.feed(chunk)]
    return found + list(decoder.end())


@pytest.mark.parametrize(("stream", "expected"), CASES.values(), ids=CASES)
def test_events_are_found_however_the_bytes_are_cut(stream: bytes, expected: list[bytes]) -> None:
    assert decode(stream) == expected
    assert decode(*(stream[i : i + 1] for i in range(len(stream)))) == expected
    for cut in range(len(stream)):
        assert decode(stream[:cut], stream[cut:]) == expected


NAMED = {
    "a name": (b"event: delta\ndata: one\n\n", [("delta", b"one")]),
    "no space after the colon": (b"event:delta\ndata: one\n\n", [("delta", b"one")]),
    "behind its data": (b"data: one\nevent: delta\n\n", [("delta", b"one")]),
    "the last of two": (b"event: a\nevent: b\ndata: one\n\n", [("b", b"one")]),
    "one of two events": (b"event: a\ndata: 1\n\ndata: 2\n\n", [("a", b"1"), ("", b"2")]),
    "an event without data": (b"event: a\n\ndata: 2\n\n", [("", b"2")]),
    "CRLF": (b"event: a\r\ndata: 1\r\n\r\n", [("a", b"1")]),
    "the end in its line": (b"event: a\ndata: 1", [("a", b"1")]),
    "no UTF-8": (b"event: \xff\ndata: 1\n\n", [("\ufffd", b"1")]),
}


@pytest.mark.parametrize(("stream", "expected"), NAMED.values(), ids=NAMED)
def test_an_event_is_known_by_its_name(stream: bytes, expected: list[tuple[str, bytes]]) -> None:
    for size in (len(stream), 1):
        decoder = sse.Decoder()
        chunks = [stream[i : i + size] for i in range(0, len(stream), size)]
        found = [(decoder.name, data) for chunk in chunks for data in decoder.feed(chunk)]
        found += [(decoder.name, data) for data in decoder.end()]
        assert found == expected


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "message_start", "response.output_text.delta"]),
            st.binary(max_size=9).filter(lambda data: not set(data) & set(b"\r\n")),
        )
    )
)
def test_events_that_are_written_are_read(events: list[tuple[str, bytes]]) -> None:
    decoder = sse.Decoder()
    stream = b"".join(sse.event(data, name) for name, data in events)
    assert [(decoder.name, data) for data in decoder.feed(stream)] == events


@given(st.lists(st.sampled_from([b"data: ", b"data:", b"\n", b"\r", b"{", b"x", b": "])))
def test_any_cut_gives_the_same_events(pieces: list[bytes]) -> None:
    assert decode(*pieces) == decode(b"".join(pieces))


@given(st.binary(), st.integers(0, 50))
def test_garbage_is_no_error(garbage: bytes, cut: int) -> None:
    assert decode(garbage[:cut], garbage[cut:]) == decode(garbage)


def test_an_event_is_complete_only_at_its_blank_line() -> None:
    decoder = sse.Decoder()
    assert list(decoder.feed(b"data: one\n")) == []
    assert list(decoder.feed(b"\n")) == [b"one"]


@pytest.mark.parametrize(
    "endless",
    [
        b"data: " + b"x" * 100,
        b"data: xxxxxxxxxx\n" * 10 + b"x",
        b"data: xxxxxxxxxx\n" * 10,
        b"data:\n" * 100,
    ],
)
def test_an_endless_event_is_refused_after_the_complete_ones(endless: bytes) -> None:
    decoder = sse.Decoder(max_incomplete_event=90)
    found = []
    with pytest.raises(UpstreamProtocolError, match="more than 90 bytes"):
        for data in decoder.feed(b"data: one\n\n" + endless):
            found.append(data)
    assert found == [b"one"]


def test_many_events_together_may_exceed_the_limit() -> None:
    decoder = sse.Decoder(max_incomplete_event=20)
    assert list(decoder.feed(b"data: 0123456789\n\n" * 10)) == [b"0123456789"] * 10
    assert list(decoder.feed(b"data: 0123456789")) == []


def test_an_event_is_written_as_it_is_read() -> None:
    assert decode(sse.event(b'{"a":1}') + sse.comment(b"ping") + sse.event(b"[DONE]")) == [
        b'{"a":1}',
        b"[DONE]",
    ]
