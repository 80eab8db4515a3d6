"""An attempt that goes out before its wait has ended leaves nothing behind for the next one."""

import asyncio
from types import SimpleNamespace
from typing import Any

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.calls.waiting import Waiting


async def _ended() -> None:
    """A wait that had done its work."""


async def test_the_wait_of_an_earlier_attempt_is_not_taken_for_this_one() -> None:
    waiting = Waiting(SimpleNamespace(), Traffic(), SimpleNamespace())  # type: ignore[arg-type]
    made_ready = []

    async def make_ready(call: Any) -> None:
        made_ready.append(call)

    waiting.make_ready = make_ready  # type: ignore[method-assign]
    earlier = asyncio.ensure_future(_ended())
    await earlier
    call: Any = SimpleNamespace(waiting=earlier, error=None, connection_id="1")
    await waiting.gigagate_wait(call)
    assert made_ready == [call]
    assert call.waiting is None


async def test_an_error_that_was_found_between_two_looks_is_kept() -> None:
    waiting = Waiting(SimpleNamespace(), Traffic(), SimpleNamespace())  # type: ignore[arg-type]
    earlier = asyncio.ensure_future(_ended())
    await earlier
    call: Any = SimpleNamespace(waiting=earlier, error=ValueError(), connection_id="1")
    await waiting.gigagate_wait(call)
    assert call.waiting is None
