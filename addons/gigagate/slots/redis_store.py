"""Slots in a Redis or Valkey server, for many machines.  The server's clock is everybody's."""

import math

from gigagate.slots.store import SECONDS, Claim, Share
from gigagate.store.redis_server import RedisServer

CLAIM = """
local owner, held, wanted, known = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == '1'
local limit, life = tonumber(ARGV[5]), tonumber(ARGV[6])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local mine, turns, others, others_hold, last = nil, {}, 0, 0, 0
local claims = redis.call('HGETALL', KEYS[1])
for i = 1, #claims, 2 do
    local h, w, turn, ends = string.match(claims[i + 1], '^(%d+) (%d+) (%d+) (%d+)$')
    if not ends or tonumber(ends) < now then
        redis.call('HDEL', KEYS[1], claims[i])
    elseif claims[i] == owner then
        mine = { wanted = tonumber(w), turn = tonumber(turn) }
    else
        others, others_hold = others + 1, others_hold + tonumber(h)
        last = math.max(last, tonumber(turn))
        if tonumber(w) > 0 then turns[#turns + 1] = tonumber(turn) end
    end
end

local turn = mine and mine.wanted > 0 and mine.turn or last + 1
local ahead = 0
for _, other in ipairs(turns) do
    if other < turn then ahead = ahead + 1 end
end
local forgotten = known and not mine
local free = limit - held - others_hold
local granted = 0
if free > ahead and not forgotten then
    granted = math.min(wanted, math.max(1, free - #turns))
    if granted > 0 then turn = last + 1 end
end
local claim = string.format('%d %d %d %d', held + granted, wanted - granted, turn, now + life)
redis.call('HSET', KEYS[1], owner, claim)
redis.call('PEXPIRE', KEYS[1], life * 2)
return { granted, forgotten and 1 or 0, others, others_hold, #turns }
"""
"""The arithmetic is that of `store.granted` and `sqlite_store._share`."""


class RedisSlotStore:
    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._claim = server.script(CLAIM)

    def claim(self, key: str, owner: str, claim: Claim, limit: int) -> Share:
        life = math.ceil(SECONDS * 1000)
        answer = self._claim(
            [_name(key)], [owner, claim.held, claim.wanted, int(claim.known), limit, life]
        )
        grant, forgotten, others, others_hold, waiting = answer
        return Share(grant, bool(forgotten), others, others_hold, bool(waiting))

    def leave(self, key: str, owner: str) -> None:
        self._server.call(lambda redis: redis.hdel(_name(key), owner))


def _name(key: str) -> str:
    return f"gigagate:slots:{key}"
