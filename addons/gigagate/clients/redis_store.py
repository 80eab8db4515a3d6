"""Clients and what they have used in a Redis or Valkey server, for many machines."""

import math
import time
from collections.abc import Collection, Mapping, Sequence

from gigagate.clients.client import Client
from gigagate.clients.sqlite_store import readable
from gigagate.clients.store import BudgetCounter
from gigagate.store.redis_server import RedisServer

CLIENTS = "gigagate:clients"
ADD = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and cjson.decode(known)['digest'] ~= '' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""
REPLACE = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""
COUNT = """
local sums = {}
for i, key in ipairs(KEYS) do
    sums[i] = redis.call('INCRBYFLOAT', key, ARGV[2 * i - 1])
    redis.call('PEXPIREAT', key, ARGV[2 * i])
end
return sums
"""
KEPT = 60.0
LOOK = 1.0
"""Seconds after which the list is read again: nothing tells that it has changed."""


class RedisClientStore:
    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._add = server.script(ADD)
        self._replace = server.script(REPLACE)
        self._count = server.script(COUNT)

    def changed(self) -> object:
        return time.monotonic() // LOOK

    def all(self) -> Sequence[Client]:
        return readable(map(str, self._server.call(lambda redis: redis.hvals(CLIENTS))))

    def add(self, client: Client) -> bool:
        return bool(self._add([CLIENTS], [client.name, client.to_text()]))

    def replace(self, client: Client) -> bool:
        return bool(self._replace([CLIENTS], [client.name, client.to_text()]))

    def count(self, amounts: Mapping[BudgetCounter, float]) -> Mapping[str, float]:
        arguments: list[object] = []
        for counter, amount in amounts.items():
            arguments += [repr(amount), math.ceil((counter.ends + KEPT) * 1000)]
        sums = self._count([_name(counter) for counter in amounts], arguments)
        return {counter.key: float(total) for counter, total in zip(amounts, sums, strict=True)}

    def sums(self, counters: Collection[BudgetCounter]) -> Mapping[str, float]:
        names = [_name(counter) for counter in counters]
        found = self._server.call(lambda redis: redis.mget(names)) if names else []
        return {
            counter.key: float(amount or 0) for counter, amount in zip(counters, found, strict=True)
        }


def _name(counter: BudgetCounter) -> str:
    return f"gigagate:budget:{counter.key}"
