"""A chunked request body, bounded: h11 reads any length, and mitmproxy fails on trailers."""

from h11 import Data, EndOfMessage, LocalProtocolError
from h11._readers import ChunkedReader
from h11._receivebuffer import ReceiveBuffer

from gigagate.errors import InvalidRequest, RequestTooLarge

MAX_LINE = 16 * 1024
"""Of a chunk's head, and of all trailers."""


class ChunkedBody(ChunkedReader):
    """Gives all that has come as one piece: a body of single bytes must not cost an event each."""

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
