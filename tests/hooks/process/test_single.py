import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.hooks import listening, runtime, telemetry

from gigagate import running
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.process.single import Single


@pytest.fixture
def single(tmp_path: Path) -> Iterator[Single]:
    made, traffic = runtime(tmp_path), Traffic()
    with listening():
        yield Single(made, telemetry(made, traffic), traffic)


def test_the_command_line_finds_it_while_it_runs(single: Single, tmp_path: Path) -> None:
    single.running()
    (found,) = running.find(tmp_path)
    assert (found.pid, found.url) == (os.getpid(), "http://127.0.0.1:4000")
    assert found.key == single.keys.command_line
    single.done()
    assert running.find(tmp_path) == []


def test_a_folder_that_cannot_be_written_stops_nothing(
    single: Single, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(running, "announce", fails)
    single.running()
    assert "./run.sh status will not find this proxy: Permission denied" in caplog.text
