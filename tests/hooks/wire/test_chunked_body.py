import pytest
from h11 import Data, EndOfMessage, LocalProtocolError
from h11._receivebuffer import ReceiveBuffer

from gigagate.errors import ClientError, InvalidRequest, RequestTooLarge
from gigagate.hooks.wire.chunked_body import FIRST, MAX_LINE, TOGETHER, ChunkedAnswer, ChunkedBody

LIMIT = 20


def read(content: bytes, piece: int) -> bytes:
    """The body; it must have ended."""
    reader, buffer, body, ended = ChunkedBody(LIMIT), ReceiveBuffer(), b"", False
    for start in range(0, len(content), piece):
        buffer += content[start : start + piece]
        while (event := reader(buffer)) is not None:
            if isinstance(event, EndOfMessage):
                assert list(event.headers) == []
                ended = True
                break
            assert isinstance(event, Data)
            body += event.data
    assert ended
    return body


PIECES = [1, 2, 7, 100_000]

BODIES = [
    (b"0\r\n\r\n", b""),
    (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    (b"005;name=value\r\nhello\r\n0;x\r\n\r\n", b"hello"),
    (b"1\r\na\r\n" * 20 + b"0\r\n\r\n", b"a" * 20),
    (b"5\r\nhello\r\n0\r\nTrailer: is dropped\r\nAnother: one\r\n\r\n", b"hello"),
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(("content", "body"), BODIES)
def test_a_body_is_the_same_however_it_is_cut(content: bytes, body: bytes, piece: int) -> None:
    assert read(content, piece) == body


WRONG: list[tuple[bytes, type[ClientError]]] = [
    (b"15\r\n" + b"a" * 21 + b"\r\n0\r\n\r\n", RequestTooLarge),
    (b"1\r\na\r\n" * 21 + b"0\r\n\r\n", RequestTooLarge),
    (b"FFFFFFFFFFFFFFFF\r\n" + b"a" * 100, RequestTooLarge),
    (b"x\r\n\r\n", InvalidRequest),
    (b"-1\r\n\r\n", InvalidRequest),
    (b"+1\r\na\r\n", InvalidRequest),
    (b"0x1\r\na\r\n", InvalidRequest),
    (b"1 1\r\na\r\n", InvalidRequest),
    (b"1\r\nab\r\n0\r\n\r\n", InvalidRequest),
    (b"1\r\na\n0\r\n\r\n", InvalidRequest),
    (b"1\n\na\r\n0\r\n\r\n", InvalidRequest),
    (b"1;a\nb\r\na\r\n0\r\n\r\n", InvalidRequest),
    (b"0\r\nno colon\r\n\r\n", InvalidRequest),
    (b"1;" + b"a" * MAX_LINE, InvalidRequest),
    (b"0\r\n" + b"X: y\r\n" * MAX_LINE, InvalidRequest),
]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(("content", "kind"), WRONG)
def test_a_wrong_or_endless_body_is_refused(
    content: bytes, kind: type[ClientError], piece: int
) -> None:
    with pytest.raises(kind):
        read(content, piece)


def test_many_small_chunks_come_as_one_piece() -> None:
    buffer = ReceiveBuffer()
    buffer += b"1\r\na\r\n" * 20
    event = ChunkedBody(LIMIT)(buffer)
    assert isinstance(event, Data)
    assert event.data == b"a" * 20


def pieces(content: bytes, cut: int) -> list[bytes | str]:
    """What ChunkedAnswer gives for `content` when it comes in pieces of `cut` bytes."""
    reader, buffer, told = ChunkedAnswer(), ReceiveBuffer(), list[bytes | str]()
    for start in range(0, len(content), cut):
        buffer += content[start : start + cut]
        try:
            while isinstance(event := reader(buffer), Data):
                told.append(bytes(event.data))
        except LocalProtocolError:
            return [*told, "fault"]
        if event is not None:
            assert list(event.headers) == []
            return [*told, "end"]
    return told


def test_the_chunks_of_an_answer_that_have_come_are_one_piece() -> None:
    assert pieces(b"1\r\na\r\n" * 20 + b"0\r\n\r\n", 100_000) == [b"a" * 20, "end"]
    assert pieces(b"1\r\na\r\n" * 2, 6) == [b"a", b"a"]


def test_much_of_an_answer_goes_on_in_pieces() -> None:
    sizes = [len(piece) for piece in pieces(b"400\r\n" + b"a" * 1024 + b"\r\n", 100_000)]
    assert sizes == [1024]
    sizes = [len(piece) for piece in pieces((b"400\r\n" + b"a" * 1024 + b"\r\n") * 40, 100_000)]
    assert sizes == [FIRST, TOGETHER, TOGETHER, 4 * 1024]


@pytest.mark.parametrize("cut", PIECES)
@pytest.mark.parametrize(("content", "body"), BODIES)
def test_an_answer_is_the_same_however_it_is_cut(content: bytes, body: bytes, cut: int) -> None:
    *data, end = pieces(content, cut)
    assert end == "end"
    assert b"".join(piece for piece in data if isinstance(piece, bytes)) == body


@pytest.mark.parametrize("cut", PIECES)
def test_what_came_before_a_fault_is_not_lost(cut: int) -> None:
    *data, end = pieces(b"5\r\nhello\r\n5\r\nworld\r\nno chunk\r\n", cut)
    assert end == "fault"
    assert b"".join(piece for piece in data if isinstance(piece, bytes)) == b"helloworld"


@pytest.mark.parametrize("endless", [b"1;x=", b"0\r\nX: "])
def test_a_line_of_an_answer_that_never_ends_is_a_fault(endless: bytes) -> None:
    assert pieces(endless + b"a" * 3 * MAX_LINE, MAX_LINE) == ["fault"]
