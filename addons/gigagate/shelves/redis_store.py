"""Sealed things in a Redis or Valkey server, for many machines.

The server's clock is everybody's.
"""

from gigagate.shelves.store import MOST_BYTES, SECONDS
from gigagate.store.redis_server import RedisServer

_SAVE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local life, most = tonumber(ARGV[2]), tonumber(ARGV[3])

local function forget(key)
    local size = redis.call('HGET', KEYS[3], key)
    if size then redis.call('HINCRBY', KEYS[3], 'sum', -size) end
    redis.call('HDEL', KEYS[3], key)
    redis.call('ZREM', KEYS[2], key)
    redis.call('DEL', key)
end

forget(KEYS[1])
for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - life)) do forget(key) end
redis.call('SET', KEYS[1], ARGV[1], 'PX', life)
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
redis.call('ZADD', KEYS[2], last and math.max(now, last + 1) or now, KEYS[1])
redis.call('HSET', KEYS[3], KEYS[1], #ARGV[1])
local held = redis.call('HINCRBY', KEYS[3], 'sum', #ARGV[1])
while held > most do
    local oldest = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
    if not oldest then break end
    forget(oldest)
    held = tonumber(redis.call('HGET', KEYS[3], 'sum'))
end
redis.call('PEXPIRE', KEYS[2], life * 2)
redis.call('PEXPIRE', KEYS[3], life * 2)
"""

_BY_AGE, _SIZES = "gigagate:kept-by-age", "gigagate:kept-sizes"


class RedisShelfStore:
    """Implements SealedTexts."""

    def __init__(self, server: RedisServer, most_bytes: int = MOST_BYTES) -> None:
        self._server = server
        self._most_bytes = most_bytes
        self._save = server.script(_SAVE)

    def load(self, key: str) -> str | None:
        text = self._server.call(lambda redis: redis.get(_name(key)))
        return str(text) if text is not None else None

    def save(self, key: str, text: str) -> None:
        arguments = [text, SECONDS * 1000, self._most_bytes]
        self._save([_name(key), _BY_AGE, _SIZES], arguments)

    def drop(self, key: str) -> None:
        self._server.call(lambda redis: redis.delete(_name(key)))


def _name(key: str) -> str:
    return f"gigagate:kept:{key}"
