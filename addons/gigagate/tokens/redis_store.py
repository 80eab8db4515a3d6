"""The token store in a Redis or Valkey server, for many machines.

Times of life are counted by the server, so the machines' clocks need not agree for the lease.
"""

import math
from typing import TYPE_CHECKING

from gigagate.store.redis_server import RedisServer
from gigagate.tokens.token import AccessToken

if TYPE_CHECKING:
    from redis import Redis

DROP = """
if redis.call('HGET', KEYS[1], 'value') == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""
ACQUIRE = """
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


class RedisTokenStore:
    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._drop = server.script(DROP)
        self._acquire = server.script(ACQUIRE)
        self._release = server.script(RELEASE)

    def load(self, key: str) -> AccessToken | None:
        value, expires_at = self._server.call(
            lambda redis: redis.hmget(_token(key), "value", "expires_at")
        )
        try:
            return AccessToken(str(value), float(expires_at)) if value and expires_at else None
        except ValueError:
            return None

    def save(self, key: str, token: AccessToken) -> None:
        fields = ["value", token.value, "expires_at", repr(token.expires_at)]

        def write(redis: "Redis") -> None:
            with redis.pipeline() as pipeline:
                pipeline.hset(_token(key), items=fields)
                pipeline.pexpireat(_token(key), math.ceil(token.expires_at * 1000))
                pipeline.execute()

        self._server.call(write)

    def drop(self, key: str, value: str) -> None:
        self._drop([_token(key)], [value])

    def acquire(self, key: str, owner: str, seconds: float) -> bool:
        return bool(self._acquire([_lease(key)], [owner, math.ceil(seconds * 1000)]))

    def release(self, key: str, owner: str) -> None:
        self._release([_lease(key)], [owner])


def _token(key: str) -> str:
    return f"gigagate:token:{key}"


def _lease(key: str) -> str:
    return f"gigagate:lease:{key}"
