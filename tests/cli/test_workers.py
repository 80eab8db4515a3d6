"""The supervisor, over processes that stand in for the proxy's."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.snapshots import snapshot

from gigagate.cli import workers
from gigagate.cli.workers import Supervisor
from gigagate.running import Keys
from gigagate.settings import Settings
from gigagate.workers.folder import Folder, Member, SharedFacts

LIVE = "import time; time.sleep(60)"


class Acted(Supervisor):
    """`act`: index and how often it was started before -> a program in Python."""

    act: Callable[[int, int], str]

    started: list[int]

    async def spawn(self, member: Member) -> Process:
        before = self.started.count(member.index)
        self.started.append(member.index)
        program = self.act(member.index, before)
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, process_group=0
        )
        if member.index == 1 and program == LIVE:
            self.folder.publish(snapshot(pid=worker.pid))
        return worker


@pytest.fixture
def supervisor(tmp_path: Path) -> Acted:
    environ = {"GIGACHAT_AUTH_KEY": "aWQ6c2VjcmV0", "GIGAGATE_STATE_DIR": str(tmp_path)}
    shared = SharedFacts(os.getpid(), 2, 1000.0, Keys.new())
    acted = Acted(Settings.load(environ=environ), shared, Folder.make(tmp_path, shared), [])
    acted.started = []
    return acted


@pytest.mark.parametrize(
    ("first", "expected"),
    [("raise SystemExit(2)", 2), ("raise SystemExit(1)", 1), ("", 0), ("import os; os.abort()", 1)],
)
async def test_if_the_first_does_not_listen_its_end_is_the_end(
    supervisor: Acted, first: str, expected: int
) -> None:
    supervisor.act = lambda index, number: first
    assert await supervisor.run() == expected
    assert supervisor.started == [1]


async def test_wrong_settings_of_any_worker_at_its_first_start_end_all(supervisor: Acted) -> None:
    supervisor.act = lambda index, number: LIVE if index == 1 else "raise SystemExit(2)"
    assert await supervisor.run() == 2
    assert supervisor.workers[1].returncode == -signal.SIGTERM
    assert supervisor.started == [1, 2]


async def test_one_that_dies_young_is_started_again_after_longer_and_longer_pauses(
    supervisor: Acted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "SHORTEST", 0.01)
    monkeypatch.setattr(workers, "LONGEST", 0.04)

    def act(index: int, number: int) -> str:
        if number == 5:
            supervisor.end(signal.SIGTERM)
        return LIVE if index == 1 or number == 5 else f"raise SystemExit({1 + (number > 0)})"

    supervisor.act = act
    assert await supervisor.run() == 0
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if not line.startswith("Worker 2 (process ")] == []
    assert [re.findall(r"ended with (\d)\. .* in (\S+) s\.", line)[0] for line in lines] == [
        ("1", "0.01"),
        ("2", "0.02"),
        ("2", "0.04"),
        ("2", "0.04"),
        ("2", "0.04"),
    ]


async def test_one_that_cannot_be_started_is_tried_again(
    supervisor: Acted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "SHORTEST", 0.01)
    monkeypatch.setattr(workers, "LONGEST", 0.01)

    def act(index: int, number: int) -> str:
        if index == 1:
            return LIVE
        if number == 1:
            raise OSError("no memory")
        if number == 2:
            supervisor.end(signal.SIGTERM)
        return ""

    supervisor.act = act
    assert await supervisor.run() == 0
    assert "Worker 2 cannot be started: no memory" in caplog.text
    assert supervisor.started == [1, 2, 2, 2]


async def test_ctrl_c_reaches_one_that_does_not_listen_yet_as_sigterm(
    supervisor: Acted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python itself answers SIGINT with a traceback until mitmproxy has taken it over."""
    sent: dict[Process, signal.Signals] = {}

    def send(worker: Process, number: signal.Signals) -> None:
        sent[worker] = number
        worker.kill()

    monkeypatch.setattr(workers, "_send", send)
    supervisor.act = lambda index, number: LIVE
    running = asyncio.create_task(supervisor.run())
    while 2 not in supervisor.workers:
        await asyncio.sleep(0)
    supervisor.end(signal.SIGINT)
    assert await running == 0
    numbers = [sent[supervisor.workers[index]] for index in (1, 2)]
    assert numbers == [signal.SIGINT, signal.SIGTERM]
