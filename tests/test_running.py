import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gigagate import running
from gigagate.running import Running

ME = Running(os.getpid(), "http://127.0.0.1:4000", 1000.0, "key-of-this-run")


def test_a_running_proxy_is_found_until_it_withdraws(tmp_path: Path) -> None:
    running.announce(tmp_path, ME)
    assert running.find(tmp_path) == [ME]
    running.withdraw(tmp_path, ME.pid)
    running.withdraw(tmp_path, ME.pid)
    assert running.find(tmp_path) == []


def test_only_this_user_may_read_it_and_the_key_is_not_shown(tmp_path: Path) -> None:
    running.announce(tmp_path, ME)
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "key-of-this-run" not in repr(ME)


@pytest.mark.skipif(os.name != "posix", reason="there is no harmless way to ask elsewhere")
def test_the_file_of_a_dead_process_is_removed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    running.announce(tmp_path, Running(process.pid, "http://127.0.0.1:4001", 2000.0, "k"))
    running.announce(tmp_path, ME)
    assert running.find(tmp_path) == [ME]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", ["", "[]", '{"pid": 1}', json.dumps({"unknown": 1})])
def test_a_file_of_something_else_is_passed_over(tmp_path: Path, content: str) -> None:
    (tmp_path / "running-1.json").write_text(content)
    assert running.find(tmp_path) == []


def test_the_latest_is_first(tmp_path: Path) -> None:
    running.announce(tmp_path, ME)
    later = Running(os.getppid(), "http://127.0.0.1:4001", 2000.0, "k")
    running.announce(tmp_path, later)
    assert running.find(tmp_path) == [later, ME]
