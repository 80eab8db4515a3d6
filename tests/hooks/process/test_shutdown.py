"""The end, as SIGTERM asks for it: answers under way may finish, and a second time ends at once."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.test import taddons
from tests.support.hooks import runtime

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.process import shutdown
from gigagate.hooks.process.shutdown import Shutdown


@pytest.fixture
def ending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An addon with one request under way, and the number of times the master was ended."""
    monkeypatch.setattr(shutdown, "LOOK", 0)
    ours = Shutdown(runtime(tmp_path), Traffic())
    ours._traffic.waits["1"] = object()  # type: ignore[assignment]
    ends: list[None] = []
    with taddons.context(Proxyserver(), ours) as context:
        monkeypatch.setattr(context.master, "shutdown", lambda: ends.append(None))
        yield ours, ends


async def test_it_ends_once_all_are_answered(ending: Any) -> None:
    ours, ends = ending
    ours.terminate()
    assert not ours._runtime.ready
    await asyncio.sleep(0)
    assert ends == []
    ours._traffic.waits.clear()
    await ours.draining
    assert len(ends) == 1


async def test_asked_twice_it_ends_at_once(ending: Any) -> None:
    ours, ends = ending
    ours.terminate()
    ours.terminate()
    assert len(ends) == 1
    ours.draining.cancel()


async def test_nobody_is_waited_for_for_ever(ending: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, ends = ending
    monkeypatch.setattr(shutdown, "PATIENCE", 0)
    ours.terminate()
    await ours.draining
    assert len(ends) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGTERM to speak of")
async def test_sigterm_is_heard(ending: Any) -> None:
    ours, _ = ending
    ours.running()
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(100):
        await asyncio.sleep(0)
        if ours.draining is not None:
            break
    assert ours.draining is not None
    ours.draining.cancel()
    asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
