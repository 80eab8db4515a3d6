import asyncio
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from mitmproxy.test import tflow

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.process import idle_memory
from gigagate.hooks.process.idle_memory import IdleMemory

ADDONS = str(Path(idle_memory.__file__).parents[3])


def traffic(on_the_wire: int = 0, waits: int = 0) -> Traffic:
    under_way: Any = Traffic()
    under_way.on_the_wire |= {object() for _ in range(on_the_wire)}
    under_way.waits |= {str(number): object() for number in range(waits)}
    return cast(Traffic, under_way)


async def given_back(memory: IdleMemory, looks: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was said at each of so many looks."""
    said: list[int] = []
    slept = 0

    async def sleep(seconds: float) -> None:
        nonlocal slept
        assert seconds == idle_memory.LOOK
        slept += 1
        if slept > looks:
            raise asyncio.CancelledError

    def give_back(keep: int) -> int:
        said.append(keep)
        return 1

    monkeypatch.setattr(idle_memory.asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await memory.look(give_back)
    return said


async def test_memory_is_given_back_once_after_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = IdleMemory(traffic())
    assert await given_back(memory, 3, monkeypatch) == []
    memory.request(tflow.tflow())
    assert await given_back(memory, 3, monkeypatch) == [0]


@pytest.mark.parametrize("under_way", [traffic(on_the_wire=1), traffic(waits=1)])
async def test_not_while_there_is_something_to_do(
    under_way: Traffic, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = IdleMemory(under_way)
    memory.request(tflow.tflow())
    assert await given_back(memory, 3, monkeypatch) == []


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has it")
def test_glibc_can_be_asked() -> None:
    memory = IdleMemory(traffic())
    assert memory.give_back is not None
    assert memory.give_back(0) in (0, 1)


_FAULTS = """
import resource, sys
from gigagate.hooks.process import idle_memory
if sys.argv[1] == "kept":
    assert idle_memory.keep_pages()
def body():
    for _ in range(4):
        pieces = [bytes([65]) * 10_000_000 for _ in range(3)]
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
body()
before = faults()
body()
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has it")
def test_pages_are_kept_for_the_next_body() -> None:
    """In a process of its own, for it stays so; the number of pages that had to be got again."""
    asked = [sys.executable, "-c", _FAULTS]
    got = {
        how: int(subprocess.check_output([*asked, how], env={**os.environ, "PYTHONPATH": ADDONS}))
        for how in ("kept", "")
    }
    assert got["kept"] < 100
    assert got["kept"] * 10 < got[""]
