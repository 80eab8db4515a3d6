"""So many requests a minute for each client, as a token bucket: a minute's worth may come at once.

Memory is bounded: a client is forgotten when its bucket is full again, or when too many others
have come since.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from gigagate.errors import TooManyRequests

MAX_CLIENTS = 10_000
MINUTE = 60.0
ROUNDING = 1e-6
_REQUESTS = (
    "This client has sent more requests in a minute than {}, "
    "which is limits.requests_per_minute of this proxy."
)


@lru_cache(maxsize=256)
def sender(address: str) -> str:
    """Whom an address stands for: a machine has all of 127.0.0.0/8, and a whole /64 of IPv6."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None and not ip.is_loopback:
            return str(ip_network((ip, 64), strict=False))
        ip = ip.ipv4_mapped or ip
    return "this machine" if ip.is_loopback else str(ip)


class RateLimit:
    """clock: seconds, never set back.  message: what the client is told, {} being its limit."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, message: str = _REQUESTS
    ) -> None:
        self._clock = clock
        self._message = message
        self._full_at: OrderedDict[str, float] = OrderedDict()
        """Client -> when its bucket will be full again; who came last stands last."""

    def __len__(self) -> int:
        return len(self._full_at)

    def forget(self, client: str) -> None:
        """Its bucket is full again."""
        self._full_at.pop(client, None)

    def take(self, client: str, per_minute: int) -> None:
        """Raises TooManyRequests, which says when to come again.  per_minute 0: no limit."""
        if not per_minute:
            return
        now = self._clock()
        full_at = max(self._full_at.get(client, now), now) + MINUTE / per_minute
        wait = full_at - now - MINUTE
        if wait > ROUNDING:
            raise TooManyRequests(self._message.format(per_minute), retry_after=math.ceil(wait))
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        oldest = next(iter(self._full_at))
        if self._full_at[oldest] <= now or len(self._full_at) > MAX_CLIENTS:
            del self._full_at[oldest]
