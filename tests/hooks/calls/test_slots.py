"""A slot goes on when GigaChat knows that its request has ended, and not a moment later."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.support.virtual_time import in_loop, now, virtual_time

from gigagate.hooks.calls.slots import GRACE, CallSlots
from gigagate.hooks.calls.traffic import Traffic
from gigagate.settings.schema import Limits
from gigagate.slots.queue import Slots
from gigagate.slots.sqlite_store import SqliteSlotStore


@pytest.fixture(autouse=True)
def no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gigagate.slots.queue.in_thread", in_loop)


def slots(folder: Path) -> Slots:
    store = SqliteSlotStore(folder / "slots.sqlite3", now)
    return Slots(store, "key", 1, queue=9, seconds=120, clock=now)


def a_call(slots: Slots) -> Any:
    """A call that has not been sent yet."""
    return SimpleNamespace(
        account=SimpleNamespace(slots=slots),
        client="",
        connection_id="1",
        is_look_up=False,
        abandoned=False,
        slot=None,
    )


def of_calls() -> CallSlots:
    runtime: Any = SimpleNamespace(settings=SimpleNamespace(limits=Limits()))
    return CallSlots(runtime, Traffic())


@pytest.mark.parametrize(
    ("abandoned", "seconds"),
    [
        pytest.param(False, 0, id="GigaChat has answered, or was not asked"),
        pytest.param(True, GRACE, id="we have closed the connection"),
    ],
)
def test_a_call_that_moves_on_leaves_its_slot(
    tmp_path: Path, abandoned: bool, seconds: float
) -> None:
    @virtual_time
    async def moved() -> None:
        left, other, calls = slots(tmp_path / "a"), slots(tmp_path / "b"), of_calls()
        call = a_call(left)
        calls.enter(call)
        assert await call.slot.wait()
        call.abandoned = abandoned
        calls.leave(call)
        call.account.slots = other
        calls.enter(call)
        assert left.in_use == (1 if seconds else 0)
        await asyncio.sleep(seconds)
        await asyncio.sleep(0.001)
        assert left.in_use == 0
        assert call.slot._queue is other

    for name in "ab":
        (tmp_path / name).mkdir()
    moved()


@virtual_time
async def test_who_moves_on_while_it_waits_leaves_the_queue_at_once(tmp_path: Path) -> None:
    one, calls = slots(tmp_path), of_calls()
    held = one.enter()
    assert await held.wait()
    call = a_call(one)
    calls.enter(call)
    call.abandoned = True
    assert one.waiting == 1
    calls.leave(call)
    assert (one.waiting, one.in_use, call.slot) == (0, 1, None)
