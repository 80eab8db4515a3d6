"""Chunked bodies as h11 reads them, with small chunks put together: each piece costs an event.

mitmproxy fails on trailers, so there are none.
"""

from h11 import Data, EndOfMessage, LocalProtocolError
from h11._readers import ChunkedReader
from h11._receivebuffer import ReceiveBuffer

from gigagate.errors import InvalidRequest, RequestTooLarge

MAX_LINE = 16 * 1024
"""Bytes of a chunk's head, and of all trailers."""

TOGETHER = 4 * 1024
"""Bytes of an answer that go on as one piece.  More would keep the first tokens waiting."""


class ChunkedAnswer(ChunkedReader):
    """GigaChat's, without a bound but for the lines between its data."""

    def __init__(self) -> None:
        super().__init__()
        self.next: Data | EndOfMessage | LocalProtocolError | None = None

    def __call__(self, buffer: ReceiveBuffer) -> Data | EndOfMessage | None:
        """Raises LocalProtocolError, after what came before the fault."""
        data = bytearray()
        while isinstance(event := self.read(buffer), Data):
            data += event.data
            if len(data) >= TOGETHER:
                return Data(data=bytes(data))
        if data:
            self.next = event
            return Data(data=bytes(data))
        if isinstance(event, LocalProtocolError):
            raise event
        return None if event is None else EndOfMessage()

    def read(self, buffer: ReceiveBuffer) -> Data | EndOfMessage | LocalProtocolError | None:
        if self.next is not None:
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
