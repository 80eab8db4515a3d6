"""Bodies of a known length, as h11 reads them; but h11 copies each piece four times over, and
mitmproxy a fifth time before that."""

from h11 import Data, EndOfMessage
from h11._readers import ContentLengthReader
from h11._receivebuffer import ReceiveBuffer


class SizedBody(ContentLengthReader):
    def __call__(self, buffer: ReceiveBuffer) -> Data | EndOfMessage | None:
        if not 0 < len(buffer) <= self._remaining:
            return super().__call__(buffer)
        data = bytes(buffer)
        del buffer._data[:]
        self._remaining -= len(data)
        return Data(data=data)

    def passes(self, data: bytes) -> bool:
        """Whether `data` is from the middle of the body: it then counts as read."""
        if not 0 < len(data) < self._remaining:
            return False
        self._remaining -= len(data)
        return True
