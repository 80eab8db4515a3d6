"""Real processes keep one limit, and get over the death of one of them."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from gigagate.slots.store import SECONDS

ADDONS = Path(__file__).parents[2] / "addons"
PROCESSES = 4
LIMIT = 2
PROGRAM = f"""
import asyncio, sys, time
from pathlib import Path
from gigagate.settings import Secret
from gigagate.slots.queue import Slots
from gigagate.slots.redis_store import RedisSlotStore
from gigagate.slots.sqlite_store import SqliteSlotStore
from gigagate.store.redis_server import RedisServer

where, key, requests, seconds = *sys.argv[1:3], int(sys.argv[3]), float(sys.argv[4])
store = (
    RedisSlotStore(RedisServer(Secret(where))) if "://" in where else SqliteSlotStore(Path(where))
)

async def request(slots):
    slot = slots.enter()
    await slot.wait()
    began = time.monotonic()
    print("holds", flush=True)
    await asyncio.sleep(seconds)
    print("held", began, time.monotonic(), flush=True)
    slot.release()

async def main():
    slots = Slots(store, key, {LIMIT}, queue=100, seconds={3 * SECONDS})
    await asyncio.gather(*(request(slots) for _ in range(requests)))
    slots.close()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""


class Held(NamedTuple):
    began: float
    ended: float


class Process:
    def __init__(self, where: str, key: str, requests: int, seconds: float) -> None:
        self.running = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, where, key, str(requests), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(ADDONS)},
        )
        self.wait_for("ready")

    def begin(self) -> None:
        assert self.running.stdin
        self.running.stdin.write("\n")
        self.running.stdin.flush()

    def wait_for(self, word: str) -> None:
        assert self.running.stdout
        for line in self.running.stdout:
            if line.split()[0] == word:
                return
        raise AssertionError(f"the process ended before it said {word}")

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()

    def held(self) -> list[Held]:
        """Waits for the end."""
        output, _ = self.running.communicate(timeout=60)
        lines = [line.split() for line in output.splitlines()]
        return [Held(float(line[1]), float(line[2])) for line in lines if line[0] == "held"]


@pytest.fixture(params=["sqlite", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "slots.sqlite3")
    address: str = request.getfixturevalue("valkey").address
    return address


@pytest.fixture
def start(where: str, request: pytest.FixtureRequest) -> Iterator[Callable[[int, float], Process]]:
    started: list[Process] = []

    def start_one(requests: int, seconds: float) -> Process:
        started.append(Process(where, request.node.name, requests, seconds))
        return started[-1]

    yield start_one
    for process in started:
        process.kill()
        process.running.communicate()


def most_at_once(held: list[Held]) -> int:
    changes = sorted(
        [(each.began, 1) for each in held] + [(each.ended, -1) for each in held],
        key=lambda change: (change[0], change[1]),
    )
    running = most = 0
    for _, change in changes:
        running += change
        most = max(most, running)
    return most


def test_four_processes_keep_one_limit_and_all_are_served(
    start: Callable[[int, float], Process],
) -> None:
    processes = [start(8, 0.05) for _ in range(PROCESSES)]
    for process in processes:
        process.begin()
    held = [each for process in processes for each in process.held()]
    assert len(held) == 8 * PROCESSES
    assert most_at_once(held) == LIMIT


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
def test_the_slots_of_a_killed_process_come_back_within_the_time_of_its_claim(
    start: Callable[[int, float], Process],
) -> None:
    killed, waiting = start(LIMIT, 60), start(1, 0.01)
    killed.begin()
    killed.wait_for("holds")
    killed.wait_for("holds")
    waiting.begin()
    killed.kill()
    died = time.monotonic()
    (held,) = waiting.held()
    assert held.began > died, "the slots were all taken"
