"""A server that hangs or dies holds up no request for long, and is used again when it is back."""

import asyncio
from collections.abc import Callable

import pytest
from tests.support.slots import acquire
from tests.support.valkey import Valkey

from gigagate.settings import Secret
from gigagate.slots import Slots
from gigagate.slots.redis_store import RedisSlotStore
from gigagate.store.redis_server import RedisServer


def slots(valkey: Valkey) -> Slots:
    store = RedisSlotStore(RedisServer(Secret(valkey.address)))
    return Slots(store, "key", 2, queue=10, seconds=120, stays=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("first", [True, False], ids=["at the start", "later"])
@pytest.mark.parametrize(
    ("away", "back"), [(Valkey.freeze, Valkey.thaw), (Valkey.kill, Valkey.start)]
)
async def test_a_server_that_is_away_holds_up_nobody(
    mortal: Valkey, away: Callable[[Valkey], None], back: Callable[[Valkey], None], first: bool
) -> None:
    one = slots(mortal)
    if not first:
        (await acquire(one)).release()
    away(mortal)
    async with asyncio.timeout(5):
        held = [await acquire(one), await acquire(one)]
    await until(lambda: one.alone)
    back(mortal)
    await until(lambda: not one.alone)
    for slot in held:
        slot.release()
    async with asyncio.timeout(10):
        assert (await acquire(one)).held
    one.close()
