"""The queue of one process and of several, on a clock that jumps."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.slots import acquire
from tests.support.virtual_time import in_loop, now, virtual_time

from gigagate.errors import NoSlot, StoreError
from gigagate.slots.queue import Slot, Slots
from gigagate.slots.sqlite_store import SqliteSlotStore
from gigagate.slots.store import Claim, Share


class Store:
    """A real one, which may be away, and counts what it is asked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.claims: list[Claim] = []
        self.away = False
        self._store = SqliteSlotStore(path, now)

    def claim(self, key: str, owner: str, claim: Claim, limit: int) -> Share:
        self.claims.append(claim)
        if self.away:
            raise StoreError("away")
        return self._store.claim(key, owner, claim, limit)

    def leave(self, key: str, owner: str) -> None:
        if self.away:
            raise StoreError("away")
        self._store.leave(key, owner)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "slots.sqlite3")


@pytest.fixture(autouse=True)
def no_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("gigagate.slots.queue.in_thread", in_loop)
    yield


def slots(store: Store, limit: int, queue: int = 100, seconds: float = 120) -> Slots:
    """Each call is another process."""
    return Slots(store, "key", limit, queue=queue, seconds=seconds, clock=now)


async def use(slots: Slots, seconds: float, log: list[str] | None = None, name: str = "") -> None:
    slot = await acquire(slots)
    assert slot.held
    if log is not None:
        log.append(name)
    await asyncio.sleep(seconds)
    slot.release()


@virtual_time
async def test_a_free_slot_is_had_at_once_and_without_the_store(store: Store) -> None:
    one = slots(store, 2)
    first = await acquire(one)
    asked = len(store.claims)
    first.release()
    for _ in range(1000):
        slot = one.enter()
        assert slot.held
        slot.release()
    assert len(store.claims) == asked
    assert (one.in_use, one.waiting) == (0, 0)


@virtual_time
async def test_first_come_first_served_within_the_limit(store: Store) -> None:
    one = slots(store, 2)
    log: list[str] = []
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, one.in_use)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(use(one, 1, log, str(number)) for number in range(10)))
    watching.cancel()
    assert log == [str(number) for number in range(10)]
    assert most == 2


@virtual_time
async def test_idle_slots_go_back_and_the_process_falls_silent(store: Store) -> None:
    one, other = slots(store, 2), slots(store, 2)
    await use(one, 1)
    await asyncio.sleep(3)
    asked = len(store.claims)
    await asyncio.sleep(3600)
    assert len(store.claims) == asked
    began = now()
    slot = await acquire(other)
    assert now() - began < 0.1
    slot.release()


@virtual_time
async def test_a_process_that_waits_gets_a_slot_lying_idle_soon(store: Store) -> None:
    one, other = slots(store, 1), slots(store, 1)
    await use(one, 1)
    began = now()
    await acquire(other)
    assert now() - began < 0.6


@virtual_time
async def test_so_it_is_with_one_that_got_idle_just_after_the_store_was_asked(store: Store) -> None:
    one, other = slots(store, 1), slots(store, 1)
    await use(one, 0.05)
    began = now()
    await use(other, 0)
    assert now() - began < 0.5


@virtual_time
async def test_a_long_request_keeps_its_slot(store: Store) -> None:
    one, other = slots(store, 1), slots(store, 1)
    first = await acquire(one)
    waiting = asyncio.create_task(acquire(other))
    await asyncio.sleep(100)
    assert not waiting.done()
    first.release()
    slot = await waiting
    assert slot.held


@virtual_time
async def test_processes_take_turns_however_many_wait_in_each(store: Store) -> None:
    one, other = slots(store, 1), slots(store, 1)
    log: list[str] = []
    many = [asyncio.create_task(use(one, 1, log, "one")) for _ in range(20)]
    await asyncio.sleep(0.5)
    few = [asyncio.create_task(use(other, 1, log, "other")) for _ in range(3)]
    await asyncio.gather(*few)
    assert log.count("other") == 3
    assert log.count("one") <= 5
    await asyncio.gather(*many)


@virtual_time
async def test_several_processes_keep_one_limit(store: Store) -> None:
    processes = [slots(store, 3) for _ in range(4)]
    running = most = 0

    async def work(number: int) -> None:
        nonlocal running, most
        slot = await acquire(processes[number % 4])
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.3 + number % 5 * 0.11)
        running -= 1
        slot.release()

    await asyncio.gather(*(work(number) for number in range(80)))
    assert most == 3
    assert [(each.in_use, each.waiting) for each in processes] == [(0, 0)] * 4


@virtual_time
async def test_a_full_queue_refuses_and_says_so(store: Store) -> None:
    one = slots(store, 1, queue=2)
    held = await acquire(one)
    waiting = [one.enter(), one.enter()]
    with pytest.raises(NoSlot) as refused:
        one.enter()
    assert refused.value.status == 429
    assert refused.value.code == "no_slot"
    assert 1 <= (refused.value.retry_after or 0) <= 60
    assert "2 requests waiting" in refused.value.message
    assert "limits.queue " in refused.value.message
    held.release()
    assert await waiting[0].wait()
    waiting[1].release()
    assert not await waiting[1].wait()
    assert one.waiting == 0


@virtual_time
async def test_without_a_queue_a_request_is_served_or_refused(store: Store) -> None:
    one, other = slots(store, 1, queue=0), slots(store, 1, queue=0)
    slot = await acquire(one)
    with pytest.raises(NoSlot):
        one.enter()
    with pytest.raises(NoSlot, match="queue is full"):
        await acquire(other)
    assert other.waiting == 0
    slot.release()


@virtual_time
async def test_who_waits_too_long_is_told_how_long_and_which_setting(store: Store) -> None:
    one = slots(store, 1, seconds=30)
    held = await acquire(one)
    began = now()
    with pytest.raises(NoSlot) as refused:
        await acquire(one)
    assert now() - began == pytest.approx(30)
    assert refused.value.code == "no_slot"
    assert "waited 30 s" in refused.value.message
    assert "limits.queue_seconds" in refused.value.message
    assert (one.in_use, one.waiting) == (1, 0)
    held.release()
    await use(one, 1)


@virtual_time
async def test_a_wait_may_be_cut_into_slices_without_losing_the_place(store: Store) -> None:
    one = slots(store, 1, seconds=30)
    held = await acquire(one)
    sliced, later = one.enter(), asyncio.create_task(acquire(one))
    assert not await sliced.wait(10)
    assert not await sliced.wait(10)
    held.release()
    assert await sliced.wait(10)
    assert not later.done()
    sliced.release()
    assert (await later).held


@virtual_time
async def test_slices_end_with_the_time_in_the_queue(store: Store) -> None:
    one = slots(store, 1, seconds=30)
    await acquire(one)
    sliced = one.enter()
    began = now()
    with pytest.raises(NoSlot):
        while not await sliced.wait(8):
            pass
    assert now() - began == pytest.approx(30)


@virtual_time
async def test_a_client_that_has_gone_leaves_the_queue_at_once(store: Store) -> None:
    one = slots(store, 1)
    held = await acquire(one)
    slot = one.enter()
    leaving = asyncio.create_task(slot.wait())
    await asyncio.sleep(1)
    assert one.waiting == 1
    slot.release()
    assert not await leaving
    assert one.waiting == 0
    cancelled = asyncio.create_task(acquire(one))
    await asyncio.sleep(1)
    cancelled.cancel()
    await asyncio.wait({cancelled})
    assert one.waiting == 0
    slot.release()
    held.release()
    held.release()
    assert one.in_use == 0


@virtual_time
async def test_a_caller_cancelled_just_as_it_gets_its_slot_gives_it_on(store: Store) -> None:
    one = slots(store, 1)
    held = await acquire(one)
    cancelled = asyncio.create_task(acquire(one))
    await asyncio.sleep(1)
    held.release()
    cancelled.cancel()
    await asyncio.wait({cancelled})
    assert one.in_use == 0


@virtual_time
async def test_a_store_that_is_away_from_the_start_leaves_the_whole_limit(store: Store) -> None:
    store.away = True
    one = slots(store, 2)
    assert (await acquire(one)).held
    assert (await acquire(one)).held
    assert one.alone
    third = one.enter()
    assert not await third.wait(5)


@virtual_time
async def test_an_outage_keeps_the_limit_and_loses_nothing(store: Store) -> None:
    processes = [
        Slots(store, "key", 2, queue=100, seconds=120, stays=True, clock=now) for _ in range(2)
    ]
    running = most = served = 0

    async def work(number: int) -> None:
        nonlocal running, most, served
        slot = await acquire(processes[number % 2])
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.5)
        running -= 1
        slot.release()
        served += 1

    async def outage() -> None:
        await asyncio.sleep(3)
        store.away = True
        await asyncio.sleep(2)
        store.path.unlink()  # it has kept nothing
        await asyncio.sleep(8)
        before = served
        store.away = False
        await asyncio.sleep(1)
        assert served > before

    await asyncio.gather(outage(), *(work(number) for number in range(100)))
    assert most == 2
    assert served == 100
    assert not any(each.alone for each in processes)
    for each in processes:
        each.close()


@virtual_time
async def test_a_store_emptied_in_passing_makes_nobody_exceed_the_limit(store: Store) -> None:
    processes = [slots(store, 2) for _ in range(2)]
    running = most = 0

    async def work(number: int) -> None:
        nonlocal running, most
        slot = await acquire(processes[number % 2])
        running += 1
        most = max(most, running)
        await asyncio.sleep(7)
        running -= 1
        slot.release()

    async def empty() -> None:
        await asyncio.sleep(3)
        store.path.unlink()

    await asyncio.gather(empty(), *(work(number) for number in range(8)))
    assert most == 2


@virtual_time
async def test_who_closes_gives_its_slots_back_at_once(store: Store) -> None:
    one, other = slots(store, 1), slots(store, 1)
    await acquire(one)
    waiting = other.enter()
    assert not await waiting.wait(3)
    one.close()
    began = now()
    assert await waiting.wait()
    assert now() - began < 0.2


@virtual_time
async def test_changed_settings_count_for_those_who_wait_already(store: Store) -> None:
    one = slots(store, 1)
    held = [await acquire(one)]
    waiting = [one.enter(), one.enter()]
    one.adjust(3, 0, 120)
    assert all([await slot.wait(1) for slot in waiting])
    one.adjust(1, 100, 120)
    for slot in [*held, *waiting]:
        slot.release()
    last = await acquire(one)
    assert one.in_use == 1
    assert not await one.enter().wait(5)
    last.release()


@virtual_time
async def test_an_error_nobody_foresaw_is_logged_and_stops_nobody(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Share:
        raise ZeroDivisionError

    monkeypatch.setattr(store, "claim", broken)
    slot: Slot = await acquire(slots(store, 1))
    assert slot.held
    assert "The store of slots failed" in caplog.text


@virtual_time
async def test_one_client_s_flood_holds_up_no_other(store: Store) -> None:
    """Ten clients, one of them with fifty requests at once: the others wait as with ten equals."""

    async def waits(of_first: int) -> list[float]:
        one = slots(store, 2)
        waited: list[float] = []

        async def ask(client: str) -> None:
            slot = one.enter(client)
            await slot.wait()
            if client != "client 0":
                waited.append(slot.waited)
            await asyncio.sleep(1)
            slot.release()

        flood = [asyncio.create_task(ask("client 0")) for _ in range(of_first)]
        await asyncio.sleep(0.5)
        others = [asyncio.create_task(ask(f"client {number}")) for number in range(1, 10)]
        await asyncio.gather(*others, *flood)
        return waited

    equal = await waits(2)
    await asyncio.sleep(60)  # until that process has left the store
    flooded = await waits(50)
    assert len(flooded) == len(equal) == 9
    assert max(flooded) <= max(equal) + 0.5
    assert sum(flooded) <= sum(equal) + 0.5


@virtual_time
async def test_weights_are_shares(store: Store) -> None:
    one = slots(store, 1)
    one.adjust(1, 100, 120, {"heavy": 3.0})
    log: list[str] = []

    async def ask(client: str) -> None:
        slot = one.enter(client)
        await slot.wait()
        log.append(client)
        await asyncio.sleep(1)
        slot.release()

    await asyncio.gather(*(ask(client) for client in ["light"] * 10 + ["heavy"] * 30))
    assert 7 <= log[:32].count("light") <= 9


@virtual_time
async def test_a_full_queue_has_room_for_who_has_less_in_it(store: Store) -> None:
    one = slots(store, 1, queue=3)
    await acquire(one)
    flood = [one.enter("flood") for _ in range(3)]
    with pytest.raises(NoSlot):
        one.enter("flood")
    other = one.enter("other")
    with pytest.raises(NoSlot):
        await flood[-1].wait()
    assert [slot.refusal for slot in (*flood[:2], other)] == [None] * 3
