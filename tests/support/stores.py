"""Stores for the contract tests: whatever keeps them, several views of one, and time to pass."""

from pathlib import Path
from typing import Protocol

import redis

from gigagate.settings import Secret
from gigagate.shelves.redis_store import RedisShelfStore
from gigagate.shelves.sealed import SealedTexts
from gigagate.shelves.sqlite_store import SqliteShelfStore
from gigagate.slots.redis_store import RedisSlotStore
from gigagate.slots.sqlite_store import SqliteSlotStore
from gigagate.slots.store import SlotStore
from gigagate.store.redis_server import RedisServer
from gigagate.tokens import RedisTokenStore, SqliteTokenStore, TokenStore


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Place(Protocol):
    """Where stores keep things.  Each store made is another process's view of it."""

    def tokens(self) -> TokenStore: ...

    def slots(self) -> SlotStore: ...

    def texts(self, most_bytes: int) -> SealedTexts: ...

    def pass_time(self, seconds: float) -> None: ...


class SqlitePlace:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clock = Clock()

    def tokens(self) -> TokenStore:
        return SqliteTokenStore(self._folder / "tokens.sqlite3", self._clock)

    def slots(self) -> SlotStore:
        return SqliteSlotStore(self._folder / "slots.sqlite3", self._clock)

    def texts(self, most_bytes: int) -> SealedTexts:
        return SqliteShelfStore(self._folder / "kept-responses.sqlite3", most_bytes, self._clock)

    def pass_time(self, seconds: float) -> None:
        self._clock.now += seconds


class RedisPlace:
    """The server's clock cannot be set, so whatever ends comes nearer to its end."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = redis.Redis.from_url(address, decode_responses=True)
        self._client.flushall()

    def close(self) -> None:
        self._client.close()

    def tokens(self) -> TokenStore:
        return RedisTokenStore(RedisServer(Secret(self._address)))

    def slots(self) -> SlotStore:
        return RedisSlotStore(RedisServer(Secret(self._address)))

    def texts(self, most_bytes: int) -> SealedTexts:
        return RedisShelfStore(RedisServer(Secret(self._address)), most_bytes)

    def pass_time(self, seconds: float) -> None:
        milliseconds = round(seconds * 1000)
        for key in self._client.keys("gigagate:slots:*"):
            for owner, claim in self._client.hgetall(key).items():
                *rest, ends = claim.split()
                earlier = " ".join([*rest, str(int(ends) - milliseconds)])
                self._client.hset(key, owner, earlier)
        for key in self._client.keys("gigagate:*"):
            left = self._client.pttl(key)
            if left > 0:
                self._client.pexpire(key, max(0, left - milliseconds))
