"""All that is under way: what must be known of it to drain, to watch the clock, to tell."""

from typing import Protocol
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.connection import Connection
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context

from gigagate.hooks.calls.call import UpstreamCall


class OnTheWire(Protocol):
    """A request whose answer GigaChat still owes."""

    context: Context

    def wakeup(self) -> events.Wakeup:
        """The event that makes it look at the clock."""

    def overdue(self, now: float) -> bool:
        """Whether it must be woken.  now: of time.monotonic()."""

    def client_sleeps(self, now: float) -> None:
        """Its client does not read."""


class Traffic:
    def __init__(self) -> None:
        self.calls: WeakKeyDictionary[http.HTTPFlow, UpstreamCall] = WeakKeyDictionary()
        self.waits: dict[str, UpstreamCall] = {}
        """Calls that are not ready, by the client's connection: HTTP/1 has one at a time."""
        self.on_the_wire: set[OnTheWire] = set()
        self.connecting: dict[Connection, float] = {}
        """Connections to GigaChat that are being made, and since when (time.monotonic())."""

    def busy(self) -> int:
        """Requests that wait or are answered."""
        return len(self.waits) + len(self.on_the_wire)
