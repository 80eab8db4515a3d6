"""A client that sends no more may have gone, or it waits for its answer: both look alike.

They are told apart by sending: who has gone answers that with a reset, after which the next write
fails. So the client is sent what says nothing, `100 Continue`, at once and a moment later again.
What has begun to be answered is not waited for: there it has gone, as HTTP/1.0's clients have.
"""

from mitmproxy.connection import Client, Connection, ConnectionState
from mitmproxy.http import Request
from mitmproxy.proxy import commands
from mitmproxy.proxy.layer import CommandGenerator

from gigagate.hooks.wire import connections

PAUSES = (0.05, 1.0, 30.0)
"""Seconds between two looks; the last one again and again."""
SENT = 4
"""Looks with which something is sent: some clients take five informational answers at most."""
NOTHING = b"HTTP/1.1 100 Continue\r\n\r\n"


def may_read_on(connection: Connection, request: Request | None) -> bool:
    """Whether a client that sends no more can be asked."""
    open_to_write = connection.state is ConnectionState.CAN_WRITE
    return open_to_write and request is not None and not request.is_http10 and not connection.tls


class HalfClosed:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._looks = 0
        self.alarm: commands.RequestWakeup | None = None
        """The next look is due."""

    def look(self, *, answering: bool) -> CommandGenerator[bool]:
        """Whether the client is still there.  answering: it gets something anyway."""
        if not answering and self._looks < SENT:
            yield commands.SendData(self._client, NOTHING)
        if connections.has_gone(self._client):
            return False
        self.alarm = commands.RequestWakeup(PAUSES[min(self._looks, len(PAUSES) - 1)])
        self._looks += 1
        yield self.alarm
        return True
