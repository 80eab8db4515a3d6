import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.snapshots import snapshot

from gigagate.running import WORKER, Keys
from gigagate.workers.folder import Folder, Member, SharedFacts


def shared(supervisor: int = os.getpid()) -> SharedFacts:
    return SharedFacts(supervisor, 3, 1000.0, Keys("command-line-key", "form-key", "admin-key"))


def dead() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_only_this_user_may_look_into_it(tmp_path: Path) -> None:
    folder = Folder.make(tmp_path, shared())
    folder.publish(snapshot())
    assert folder.path == tmp_path / "workers" / str(os.getpid())
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.path.iterdir()} == {0o600}


def test_the_keys_are_in_it_and_nowhere_shown(tmp_path: Path) -> None:
    folder = Folder.make(tmp_path, shared())
    assert folder.shared() == shared()
    assert "key" not in repr(folder.shared().keys).replace("Keys", "")


def test_a_later_word_replaces_an_earlier_one(tmp_path: Path) -> None:
    folder = Folder.make(tmp_path, shared())
    assert folder.latest(1) is None
    folder.publish(snapshot(url="http://127.0.0.1:1"))
    folder.publish(snapshot(url="http://127.0.0.1:2"))
    assert folder.latest(1) == snapshot(url="http://127.0.0.1:2")
    assert folder.started(1, os.getpid()) is not None
    assert folder.started(1, os.getpid() + 1) is None


def test_the_living_are_told_from_the_dead(tmp_path: Path) -> None:
    folder = Folder.make(tmp_path, shared())
    living, gone = snapshot(index=1), snapshot(index=2, pid=dead())
    folder.publish(living)
    folder.publish(gone)
    assert folder.all(3) == ([living], [gone])


def test_whoever_is_started_again_knows_what_was_counted_before(tmp_path: Path) -> None:
    folder = Folder.make(tmp_path, shared())
    assert folder.past(1) == ""
    folder.publish(snapshot(requests=2))
    folder.publish(snapshot(requests=3, past=folder.past(1)))
    assert "gigagate_requests_total 5.0" in folder.past(1)


def test_folders_of_the_dead_are_removed_and_those_of_others_are_not(tmp_path: Path) -> None:
    for supervisor in (gone := dead(), others := os.getppid(), os.getpid()):
        old = tmp_path / "workers" / str(supervisor) / "1.json"
        old.parent.mkdir(parents=True)
        old.touch()
    folder = Folder.make(tmp_path, shared())
    assert not (tmp_path / "workers" / str(gone)).exists()
    assert (tmp_path / "workers" / str(others) / "1.json").exists()
    assert folder.latest(1) is None
    folder.remove()
    assert [path.name for path in (tmp_path / "workers").iterdir()] == [str(others)]


@pytest.mark.parametrize("port", [None, 4000])
def test_a_worker_is_told_its_place_in_the_environment(
    tmp_path: Path, port: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = Member(tmp_path, 2, port)
    monkeypatch.setenv(WORKER, member.environment()[WORKER])
    assert Member.of_environment() == member


def test_a_folder_that_was_removed_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    folder = Folder.make(tmp_path / "state", shared())
    shutil.rmtree(tmp_path / "state")
    folder.publish(snapshot())
    assert folder.all(3).living == [snapshot()]
    folder.share(shared())
    assert folder.shared() == shared()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", ["", "{}", "[]", "\0"])
def test_a_spoilt_word_of_a_worker_is_none(tmp_path: Path, content: str) -> None:
    folder = Folder.make(tmp_path, shared())
    (folder.path / "1.json").write_text(content)
    assert folder.all(3) == ([], [])
    assert folder.past(1) == ""
