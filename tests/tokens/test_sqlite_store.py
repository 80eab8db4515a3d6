"""What is true of the store in a file alone: its mode, damage, disks that refuse."""

import logging
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.stores import Clock

from gigagate.errors import StoreError
from gigagate.tokens import AccessToken, SqliteTokenStore

TOKEN = AccessToken("token-1", 2_000_000_000.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens.sqlite3"


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("open_umask")
def test_the_file_is_the_users_alone_from_its_first_moment(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    connect = sqlite3.connect

    def watched(*arguments: object, **options: object) -> sqlite3.Connection:
        modes.append(mode(path))
        return connect(*arguments, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", watched)
    SqliteTokenStore(path).save("key", TOKEN)
    assert modes == [0o600]
    assert mode(path) == 0o600


@pytest.mark.usefixtures("open_umask")
def test_the_journal_is_the_users_alone_too(path: Path) -> None:
    store = SqliteTokenStore(path)
    store.save("key", TOKEN)
    with sqlite3.connect(path) as writing:
        writing.execute("DELETE FROM tokens")
        journal = path.with_name(path.name + "-journal")
        assert mode(journal) == 0o600
        writing.rollback()
    writing.close()
    assert store.load("key") == TOKEN


def test_a_file_others_may_read_is_closed_to_them(path: Path) -> None:
    store = SqliteTokenStore(path)
    store.save("key", TOKEN)
    path.chmod(0o644)
    assert store.load("key") == TOKEN
    assert mode(path) == 0o600


def test_a_damaged_file_is_put_aside_with_a_warning(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(b"no database at all" * 100)
    store = SqliteTokenStore(path)
    with caplog.at_level(logging.WARNING):
        store.save("key", TOKEN)
    assert store.load("key") == TOKEN
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "damaged" in caplog.text
    aside = path.with_name("tokens.sqlite3.damaged")
    assert aside.read_bytes().startswith(b"no database")
    assert mode(aside) == 0o600
    assert mode(path) == 0o600


def test_a_file_cut_short_is_put_aside(path: Path) -> None:
    store = SqliteTokenStore(path)
    store.save("key", TOKEN)
    path.write_bytes(path.read_bytes()[:5000])
    assert store.load("key") is None
    store.save("key", TOKEN)
    assert store.load("key") == TOKEN


def test_a_file_that_is_removed_comes_back(path: Path) -> None:
    store = SqliteTokenStore(path)
    store.save("key", TOKEN)
    path.unlink()
    assert store.load("key") is None
    store.save("key", TOKEN)
    assert store.load("key") == TOKEN


def test_a_directory_in_the_files_place_is_a_store_error(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError, match="cannot be used"):
        SqliteTokenStore(path).load("key")


def test_a_missing_directory_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        SqliteTokenStore(tmp_path / "missing" / "tokens.sqlite3").save("key", TOKEN)


def test_a_full_disk_is_a_store_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SqliteTokenStore(path).save("key", TOKEN)
    connect = sqlite3.connect

    def full(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)  # type: ignore[call-overload]
        connection.execute("PRAGMA max_page_count = 1")
        return connection  # type: ignore[no-any-return]

    monkeypatch.setattr(sqlite3, "connect", full)
    with pytest.raises(StoreError, match="full"):
        SqliteTokenStore(path).save("key", AccessToken("x" * 1_000_000, 1.0))


def test_a_store_that_stays_locked_is_a_store_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigagate.store.sqlite_file.BUSY_SECONDS", 0.1)
    SqliteTokenStore(path).save("key", TOKEN)
    locking = sqlite3.connect(path, isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked"):
        SqliteTokenStore(path).load("key")
    locking.close()
    assert SqliteTokenStore(path).load("key") == TOKEN


def test_an_error_never_holds_the_token(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreError) as caught:
        SqliteTokenStore(path).save("key", TOKEN)
    assert TOKEN.value not in repr(caught.value)


def test_a_lease_given_while_another_process_waited_its_turn_is_not_taken_away(path: Path) -> None:
    clock = Clock()
    store = SqliteTokenStore(path, clock)
    assert store.acquire("key", "a", 20)
    clock.now -= 1
    assert not store.acquire("key", "b", 20)


def test_a_clock_set_back_does_not_make_a_lease_last(path: Path) -> None:
    clock = Clock()
    store = SqliteTokenStore(path, clock)
    assert store.acquire("key", "a", 20)
    clock.now -= 3600
    assert store.acquire("key", "b", 20)
