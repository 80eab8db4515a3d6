"""A body of a known length is read as h11 reads it, whatever the pieces it comes in."""

import pytest
from h11 import Data, EndOfMessage, RemoteProtocolError
from h11._readers import ContentLengthReader
from h11._receivebuffer import ReceiveBuffer
from hypothesis import given
from hypothesis import strategies as st

from gigagate.hooks.wire.sized_body import SizedBody


def read(reader: ContentLengthReader, pieces: list[bytes]) -> tuple[list[bytes | None], bytes]:
    """What each piece gives, None for an end; and what is left of them."""
    buffer, given = ReceiveBuffer(), list[bytes | None]()
    for piece in pieces:
        buffer += piece
        while not (given and given[-1] is None) and (event := reader(buffer)) is not None:
            assert isinstance(event, Data | EndOfMessage)
            given.append(bytes(event.data) if isinstance(event, Data) else None)
    return given, bytes(buffer)


@given(st.integers(0, 30), st.lists(st.binary(max_size=12), max_size=6))
def test_a_body_is_read_as_h11_reads_it(length: int, pieces: list[bytes]) -> None:
    assert read(SizedBody(length), pieces) == read(ContentLengthReader(length), pieces)


@given(st.integers(0, 30), st.lists(st.binary(max_size=12), max_size=6))
def test_of_its_midst_nothing_needs_a_buffer(length: int, pieces: list[bytes]) -> None:
    reader, buffer, passed = SizedBody(length), ReceiveBuffer(), b""
    for piece in pieces:
        if not buffer and reader.passes(piece):
            passed += piece
        else:
            buffer += piece
            while buffer and isinstance(event := reader(buffer), Data):
                passed += event.data
    came = b"".join(pieces)
    assert passed == came[:length]
    assert bytes(buffer) == came[length:]
    assert isinstance(reader(buffer), EndOfMessage) is (len(came) >= length)


def test_one_that_ends_too_soon_is_a_fault() -> None:
    with pytest.raises(RemoteProtocolError):
        SizedBody(3).read_eof()
