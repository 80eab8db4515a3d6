"""Clients' connections have a bound: in all, for each address and for each key.

At the bound the connection that has been idle for longest makes room.  Where none is idle, a
connection more is taken from a small reserve: it gets one answer, and only of the proxy about
itself, so that /health and the status page tell what goes on.  In the reserve the newest wins.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mitmproxy import http
from mitmproxy.connection import Client

from gigagate.errors import GigaGateError, TooManyConnections
from gigagate.hooks import local_paths
from gigagate.hooks.answers import error_response
from gigagate.hooks.door.door import Door
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.log_rarely import Rarely
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.wire import connections
from gigagate.hooks.wire.descriptors import Descriptors, most_connections
from gigagate.rate_limit import sender

logger = logging.getLogger(__name__)

RESERVE = 16
"""Connections."""

IDLE = 1.0
"""Seconds without a request; a client that has just connected may be about to send one."""


A_MOMENT = 0.2
"""Seconds that a connection in the reserve may last when descriptors are used up."""


@dataclass(eq=False, slots=True)
class _Place:
    client: Client
    address: str
    since: float
    """The time by the clock of ConnectionLimit."""
    key: str = ""
    """The name of the key that its last request had."""


class ConnectionLimit:
    name = "gigagate.connection_limit"

    def __init__(
        self,
        runtime: Runtime,
        door: Door,
        descriptors: Descriptors,
        idle_seconds: Callable[[Client], float] = connections.idle_seconds,
        cut: Callable[[Client], None] = connections.cut,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._runtime = runtime
        self._door = door
        self.descriptors = descriptors
        descriptors.make_room = self.make_room
        self.idle_seconds = idle_seconds
        self.cut = cut
        self.clock = clock
        self.places: dict[str, _Place] = {}
        """The client's id -> its place; who came first stands first."""
        self.reserve: dict[str, _Place] = {}
        """The same for the few that may come although all places are taken."""
        self.of_address: Counter[str] = Counter()
        self.of_key: Counter[str] = Counter()
        self.rarely = Rarely(logger)

    @property
    def most(self) -> int:
        limits = self._runtime.settings.limits
        return min(limits.connections, most_connections())

    def running(self) -> None:
        wanted = self._runtime.settings.limits.connections
        if self.most < wanted:
            logger.warning(
                "There are file descriptors for %d connections of clients, not for %d "
                "(limits.connections): `ulimit -n` gives more.",
                self.most,
                wanted,
            )

    def client_connected(self, client: Client) -> None:
        place = _Place(client, sender(client.peername[0]), self.clock())
        if self.has_room(place.address):
            self.places[client.id] = place
            self.of_address[place.address] += 1
            return
        if not self.descriptors.scarce:
            self.rarely.warn(
                "There are as many connections as this proxy takes (%d, and %d of %s): more of "
                "them get /health and the status page only. See limits.connections.",
                len(self.places),
                self.of_address[place.address],
                place.address,
            )
        if len(self.reserve) >= RESERVE:
            self.leave(next(iter(self.reserve.values())))
        self.reserve[client.id] = place

    def has_room(self, address: str) -> bool:
        """Perhaps because another had to go."""
        per_client = self._runtime.settings.limits.connections_per_client
        if self.descriptors.scarce:
            return False
        if self.of_address[address] >= per_client:
            return self.shed(1, address)
        return len(self.places) < self.most or self.shed(1)

    def shed(self, count: int, address: str | None = None) -> bool:
        """Ends those that have been idle for longest, of the address or of all.  False: none."""
        idle = sorted(self.idle(address), key=lambda one: -one[0])
        for _, place in idle[:count]:
            self.leave(place)
        return bool(idle)

    def idle(self, address: str | None) -> Iterator[tuple[float, _Place]]:
        for place in list(self.places.values()):
            if address is None or place.address == address:
                seconds = self.idle_seconds(place.client)
                if seconds >= IDLE:
                    yield seconds, place

    def leave(self, place: _Place) -> None:
        self.client_disconnected(place.client)
        self.cut(place.client)

    def make_room(self) -> None:
        """File descriptors are used up."""
        self.shed(RESERVE)
        for place in list(self.reserve.values()):
            if self.clock() - place.since >= A_MOMENT:
                self.leave(place)

    def client_disconnected(self, client: Client) -> None:
        self.reserve.pop(client.id, None)
        if (place := self.places.pop(client.id, None)) is not None:
            _count_out(self.of_address, place.address)
            _count_out(self.of_key, place.key)

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        if flow.response is not None or flow.is_replay == "request":
            return
        try:
            self.check(flow)
        except GigaGateError as error:
            flow.response = error_response(error, flow.request)

    def check(self, flow: http.HTTPFlow) -> None:
        """Raises TooManyConnections."""
        if local_paths.of(flow.request) is not None:
            return
        if flow.client_conn.id in self.reserve:
            raise TooManyConnections(
                "This proxy has as many connections as it takes (limits.connections, "
                "limits.connections_per_client). Close some, or try again in a second.",
                retry_after=1,
            )
        key = self._door.key_of(flow)
        place = self.places.get(flow.client_conn.id)
        if place is None or place.key == key:
            return
        per_client = self._runtime.settings.limits.connections_per_client
        if key and self.of_key[key] >= per_client:
            raise TooManyConnections(
                f"This key has {per_client} connections, which is limits.connections_per_client "
                "of this proxy. Close some, or try again in a second.",
                retry_after=1,
            )
        _count_out(self.of_key, place.key)
        place.key = key
        if key:
            self.of_key[key] += 1

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        if flow.client_conn.id in self.reserve and flow.response is not None:
            flow.response.headers["connection"] = "close"


def _count_out(counter: Counter[str], name: str) -> None:
    counter[name] -= 1
    if counter[name] <= 0:
        del counter[name]
