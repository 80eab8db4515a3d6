"""Work beside the event loop: its outcome comes back, or its error; nobody waits for its begin."""

import _thread
import asyncio
import threading
from collections.abc import Callable

import pytest

from gigagate.threads import in_thread


async def test_it_is_done_in_a_thread_of_that_name() -> None:
    thread = await in_thread(threading.current_thread, "large body")
    assert thread is not threading.current_thread()
    assert thread.name == "large body"
    assert thread.daemon


async def test_its_error_is_raised() -> None:
    with pytest.raises(KeyError, match="a"):
        await in_thread(lambda: {}["a"], "look-up")


async def test_the_loop_does_not_wait_until_the_thread_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = list[Callable[[], object]]()
    monkeypatch.setattr(_thread, "start_new_thread", lambda run, args: held.append(run))
    outcome = in_thread(lambda: "done", "held up")
    await asyncio.sleep(0)
    assert not outcome.done()
    held.pop()()
    assert await outcome == "done"


async def test_what_nobody_waits_for_goes_on_to_its_end() -> None:
    go, gone = threading.Event(), threading.Event()
    outcome = in_thread(lambda: go.wait() and gone.set(), "left alone")
    outcome.cancel()
    go.set()
    assert await in_thread(gone.wait, "waits for it")
