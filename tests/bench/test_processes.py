"""Nothing that was started is left behind."""

import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.bench.processes import NotStarted, running, wait_until_answering
from tests.support.ports import free_port

_FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


def _printed(log: Path) -> str:
    deadline = time.monotonic() + 20
    while not (text := log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return text


def test_a_server_and_its_children_end_with_the_block_also_after_an_error(tmp_path: Path) -> None:
    child = 0
    with (
        pytest.raises(KeyboardInterrupt),
        running([sys.executable, "-c", _FAMILY], {}, tmp_path) as server,
    ):
        child = int(_printed(tmp_path / "log"))
        assert server.resident_megabytes() > 1
        raise KeyboardInterrupt
    assert server.ended
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


def test_a_server_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no key given')"]
    with (
        running(command, {}, tmp_path) as server,
        pytest.raises(NotStarted, match="no key given"),
    ):
        wait_until_answering(server, free_port(), tmp_path, 20)
