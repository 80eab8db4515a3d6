"""A Redis or Valkey server shared by many machines, which may go away at any time.

A dead server must not hold up requests: every call has a short timeout, is never repeated, and
after a failure none is made for a second; meanwhile everything fails at once.
"""

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from gigagate.errors import SettingsError, StoreError
from gigagate.settings import Secret
from gigagate.store.outage import Outage

if TYPE_CHECKING:
    import redis

TIMEOUT = 0.5
"""Seconds to connect, and to wait for an answer."""
PAUSE = 1.0
"""Seconds after a failure in which the server is left alone."""
EXAMPLE = "redis://:password@host:6379/0"
SCHEMES = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}


class Script(Protocol):
    """Lua, run as one step by the server."""

    def __call__(self, keys: list[str], args: list[Any]) -> Any: ...


class RedisServer:
    def __init__(self, address: Secret, clock: Callable[[], float] = time.monotonic) -> None:
        """Does not connect yet.  Raises SettingsError if the address is none."""
        self.outage = Outage(f"The store {_shown(address)}")
        self._client = _client(address)
        self._clock = clock
        self._left_alone_until = float("-inf")

    def call[T](self, work: Callable[["redis.Redis"], T]) -> T:
        """What `work` returns; it is not repeated.  Raises StoreError."""
        import redis

        if self._clock() < self._left_alone_until:
            raise StoreError(f"{self.outage.store} is away.")
        try:
            result = work(self._client)
        except (redis.RedisError, OSError) as error:
            self._left_alone_until = self._clock() + PAUSE
            reason = _reason(error)
            self.outage.begin(reason)
            raise StoreError(f"{self.outage.store} cannot be used: {reason}.") from None
        self.outage.end()
        return result

    def script(self, text: str) -> Script:
        registered = self._client.register_script(text)

        def run(keys: list[str], args: list[Any]) -> Any:
            return self.call(lambda _: registered(keys=keys, args=args))

        return run


def _client(address: Secret) -> "redis.Redis":
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise SettingsError(
            "GIGAGATE_STORE: the package redis is not installed; run pip install redis"
        ) from None
    scheme, _, rest = address.reveal().partition("://")
    if scheme not in SCHEMES or not rest:
        raise SettingsError(f"GIGAGATE_STORE: expected an address such as {EXAMPLE}")
    try:
        return redis.Redis.from_url(
            f"{SCHEMES[scheme]}://{rest}",
            protocol=2,
            decode_responses=True,
            socket_timeout=TIMEOUT,
            socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
    except (ValueError, TypeError):
        raise SettingsError(f"GIGAGATE_STORE: expected an address such as {EXAMPLE}") from None


def _shown(address: Secret) -> str:
    parts = urlsplit(address.reveal())
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _reason(error: Exception) -> str:
    """One line; a server's own words may repeat what it was sent, so only their first word."""
    import redis

    if isinstance(error, redis.TimeoutError | TimeoutError):
        return "no answer in time"
    if isinstance(error, redis.AuthenticationError):
        return "it refuses the user name or password of GIGAGATE_STORE"
    if isinstance(error, redis.ConnectionError | OSError):
        return "no connection"
    code = re.match(r"[A-Z]{3,20}\b", str(error))
    return f"it answered {code.group() if code else type(error).__name__}"
