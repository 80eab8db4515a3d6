"""One worker of many: it tells the others of itself, and ends when its supervisor has gone."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy import ctx
from tests.support.hooks import listening, runtime, telemetry

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.process import worker
from gigagate.hooks.process.worker import Worker
from gigagate.running import Keys
from gigagate.workers import not_shared
from gigagate.workers.folder import Folder, Member, SharedFacts

Make = Callable[..., Worker]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    def made(supervisor: int = os.getppid(), **more: Any) -> Worker:
        facts = SharedFacts(supervisor, 2, 1.0, Keys.new(), **more)
        folder = Folder.make(tmp_path, facts)
        for name, value in Member(folder.path, 1, None).environment().items():
            monkeypatch.setenv(name, value)
        found, traffic = runtime(tmp_path), Traffic()
        shutdown: Any = SimpleNamespace(ended=0)

        def terminate() -> None:
            shutdown.ended += 1

        shutdown.terminate = terminate
        return Worker(found, telemetry(found, traffic), traffic, shutdown)

    monkeypatch.setattr(worker, "RENEW", 0)
    with listening():
        yield made


async def test_the_others_hear_of_it(make: Make) -> None:
    one = make()
    one.running()
    told = Folder(one.member.folder).latest(1)
    assert told is not None
    assert (told.pid, told.url) == (os.getpid(), "http://127.0.0.1:4000")
    one.done()


async def test_it_goes_on_telling_and_saves_its_sums(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, saved = make(), asyncio.Event()

    async def save() -> None:
        saved.set()

    monkeypatch.setattr(one._telemetry, "save", save)
    one.running()
    await saved.wait()
    one.done()
    assert one.shutdown.ended == 0  # type: ignore[attr-defined]


async def test_without_its_supervisor_it_ends(make: Make) -> None:
    one = make(supervisor=os.getpid())
    one.running()
    while not one.shutdown.ended:  # type: ignore[attr-defined]
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    one.done()
    assert one.shutdown.ended == 1, "asked twice, answers would be cut"  # type: ignore[attr-defined]


def test_what_workers_cannot_have_ends_the_start(
    make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    one = make()
    ctx.options.add_option("save_stream_file", str, "", "")
    for name in ("hardump", "rfile", "client_replay"):
        ctx.options.add_option(name, str, "", "")
    ctx.options.update(save_stream_file="flows")
    with pytest.raises(SystemExit):
        one.load(None)  # type: ignore[arg-type]
    assert "Start without it, or without --workers." in capsys.readouterr().err


def test_a_worker_that_has_lost_a_protection_does_not_start(
    make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    one = make(protections=("client_keys",))
    for name in not_shared.REASONS:
        ctx.options.add_option(name, str, "", "")
    with pytest.raises(SystemExit):
        one.load(None)  # type: ignore[arg-type]
    assert "client keys" in capsys.readouterr().err
