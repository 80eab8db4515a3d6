"""Chunked bodies as h11 reads them, with small chunks put together: each piece costs an event.

mitmproxy fails on trailers, so there are none.  An answer's chunks that are there whole, nearly
all, are taken out in one go; h11 reads the others, and judges what is wrong.
"""

import re

from h11 import Data, EndOfMessage, LocalProtocolError
from h11._readers import ChunkedReader
from h11._receivebuffer import ReceiveBuffer

from gigagate.errors import InvalidRequest, RequestTooLarge

MAX_LINE = 16 * 1024
"""Bytes of a chunk's head, and of all trailers."""

FIRST = 4 * 1024
"""Bytes of an answer that go on as its first piece.  More would keep the first tokens waiting."""

TOGETHER = 16 * 1024
"""Bytes that go on as one piece later: who sends so many at once is ahead of us."""

_HEAD = re.compile(rb"([0-9A-Fa-f]{1,8})\r\n")
_FOOT = b"\r\n"


class ChunkedAnswer(ChunkedReader):
    """GigaChat's, without a bound but for the lines between its data."""

    def __init__(self) -> None:
        super().__init__()
        self.next: Data | EndOfMessage | LocalProtocolError | None = None
        self.most = FIRST

    def __call__(self, buffer: ReceiveBuffer) -> Data | EndOfMessage | None:
        """Raises LocalProtocolError, after what came before the fault."""
        data = bytearray()
        self.take_whole(buffer, data)
        while len(data) < self.most and isinstance(event := self.read(buffer), Data):
            data += event.data
            self.take_whole(buffer, data)
        if len(data) >= self.most:
            self.most = TOGETHER
            return Data(data=bytes(data))
        if data:
            self.next = event
            return Data(data=bytes(data))
        if isinstance(event, LocalProtocolError):
            raise event
        return None if event is None else EndOfMessage()

    def take_whole(self, buffer: ReceiveBuffer, data: bytearray) -> None:
        """The chunks that are there to their end, up to the first other one."""
        content, at = buffer._data, 0
        if self.next is not None:
            return
        if self._bytes_to_discard == _FOOT and content.startswith(_FOOT):
            self._bytes_to_discard, at = b"", len(_FOOT)
        if self._bytes_in_chunk or self._bytes_to_discard or self._reading_trailer:
            return
        while len(data) < self.most and (head := _HEAD.match(content, at)):
            begin = head.end()
            end = begin + int(head[1], 16)
            if end == begin or not content.startswith(_FOOT, end):
                break
            data += content[begin:end]
            at = end + len(_FOOT)
        buffer.maybe_extract_at_most(at)

    def read(self, buffer: ReceiveBuffer) -> Data | EndOfMessage | LocalProtocolError | None:
        if self.next is not None or not buffer._data:
            return self.next
        try:
            event = super().__call__(buffer)
            if event is None and len(buffer) > MAX_LINE:
                raise LocalProtocolError("the head of a chunk, or the trailers, are too long")
            return event
        except LocalProtocolError as fault:
            return fault


class ChunkedBody(ChunkedReader):
    """A client's, bounded, all that has come as one piece."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.read = 0
        self.ended = False

    def __call__(self, buffer: ReceiveBuffer) -> Data | EndOfMessage | None:
        """Raises InvalidRequest or RequestTooLarge."""
        if self.ended:
            return EndOfMessage()
        data = bytearray()
        try:
            while isinstance(event := super().__call__(buffer), Data):
                data += event.data
        except LocalProtocolError:
            raise InvalidRequest("The body is not in well-formed chunks.") from None
        self.read += len(data)
        if self.read > self.limit:
            raise too_large(self.limit)
        self.ended = event is not None
        if not self.ended and len(buffer) > MAX_LINE:
            raise InvalidRequest("The head of a chunk, or its trailers, are too long.")
        if data:
            return Data(data=bytes(data))
        return EndOfMessage() if self.ended else None


def too_large(limit: int) -> RequestTooLarge:
    return RequestTooLarge(
        f"The request is larger than {limit} bytes, which is limits.body_bytes of this proxy."
    )
