import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.proxy import ROOT

from gigagate.errors import StoreError
from gigagate.telemetry.stats import Counted
from gigagate.telemetry.stats_store import FILE, StatsStore

REQUESTS = Counted("requests", "anna", "GigaChat-2-Max")

ADD_TEN_TIMES = """
import sys
from pathlib import Path
from gigagate.telemetry.stats import Counted
from gigagate.telemetry.stats_store import StatsStore
for _ in range(10):
    StatsStore(Path(sys.argv[1])).add({Counted("requests", "anna", "GigaChat-2-Max"): 1})
"""


def test_sums_survive_a_restart(tmp_path: Path) -> None:
    StatsStore(tmp_path).add({REQUESTS: 2})
    StatsStore(tmp_path).add({REQUESTS: 3, Counted("roubles", "anna", ""): 0.5})
    assert StatsStore(tmp_path).load() == {REQUESTS: 5, Counted("roubles", "anna", ""): 0.5}


def test_processes_add_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ADD_TEN_TIMES, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "addons")}
    processes = [subprocess.Popen(command, env=environment) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert StatsStore(tmp_path).load() == {REQUESTS: 30}


def test_a_damaged_file_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database" * 100)
    StatsStore(tmp_path).add({REQUESTS: 2})
    assert StatsStore(tmp_path).load() == {REQUESTS: 2}
    assert (tmp_path / f"{FILE}.damaged").exists()


def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    StatsStore(tmp_path).add({REQUESTS: 2})
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_that_it_cannot_be_written_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).mkdir()
    store = StatsStore(tmp_path)
    for _ in range(3):
        with pytest.raises(StoreError, match=FILE):
            store.add({REQUESTS: 2})
    (record,) = caplog.records
    assert "kept in memory" in record.getMessage()
