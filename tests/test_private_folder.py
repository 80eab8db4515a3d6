"""Another user is one with another number: the tests say that we are somebody else."""

import os
import sqlite3
from pathlib import Path

import pytest

from gigagate import private_folder
from gigagate.errors import SettingsError, StoreError
from gigagate.files import link_key
from gigagate.store.sqlite_file import SqliteFile

ONE = os.geteuid()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    private_folder.make(folder)
    return folder


def test_it_is_made_for_this_user_alone_with_its_parents(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        private_folder.make(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(old)
    made = [tmp_path / "a", tmp_path / "a/b", tmp_path / "a/b/c"]
    assert [path.stat().st_mode & 0o777 for path in made] == [0o700] * 3
    assert private_folder.fault(made[-1]) is None


def test_of_another_user_it_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: ONE + 1)
    fault = private_folder.fault(folder)
    assert fault is not None
    assert "belongs to another user" in fault


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_writable_by_others_it_is_refused(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert f"others may write in {folder}" in (private_folder.fault(folder) or "")


@pytest.mark.parametrize(("mode", "refused"), [(0o777, True), (0o1777, False), (0o775, False)])
def test_where_it_stands_nobody_may_put_another_in_its_place(
    folder: Path, mode: int, refused: bool
) -> None:
    folder.parent.chmod(mode)
    try:
        assert (private_folder.fault(folder) is not None) is refused
    finally:
        folder.parent.chmod(0o700)


NAMES = ("picture-links.key", "tokens.sqlite3", "mitmproxy/config.yaml", "running-1.json", "x.pem")


@pytest.mark.parametrize("name", NAMES)
def test_a_link_in_place_of_a_file_is_refused(folder: Path, name: str) -> None:
    planted = folder / name
    planted.parent.mkdir(exist_ok=True)
    planted.symlink_to(folder.parent / "elsewhere")
    assert private_folder.fault(folder) == f"{planted} is a symbolic link"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_others_can_reach_and_write_is_refused(folder: Path, name: str) -> None:
    planted = folder / name
    planted.parent.mkdir(exist_ok=True)
    planted.touch()
    planted.chmod(0o666)
    assert private_folder.fault(folder) is None  # nobody can reach it
    folder.chmod(0o755)
    assert private_folder.fault(folder) == f"others may write {planted} (chmod go-w)"


def test_a_link_of_ones_own_to_the_directory_is_fine(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert private_folder.fault(link) is None


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"directory|exists"):
        private_folder.make(tmp_path / "file")


def test_a_database_is_not_written_through_a_link(folder: Path) -> None:
    """Nor is the mode of what it points to changed."""
    target = folder.parent / "target"
    target.touch(mode=0o644)
    target.chmod(0o644)
    (folder / "x.sqlite3").symlink_to(target)
    file = SqliteFile(folder / "x.sqlite3", "CREATE TABLE IF NOT EXISTS t (a)")

    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (1)")

    with pytest.raises(StoreError, match="symbolic link"):
        file.transact(work)
    assert target.stat().st_mode & 0o777 == 0o644
    assert target.read_bytes() == b""


def test_a_planted_link_key_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "picture-links.key"
    path.write_bytes(b"k" * 32)
    monkeypatch.setattr(os, "geteuid", lambda: ONE + 1)
    with pytest.raises(SettingsError, match="another user"):
        link_key.load(path)
