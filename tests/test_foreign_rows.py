"""Whatever lies in a store: what is no token, claim or sum is absent, and nothing fails for it."""

import logging
import sqlite3
from pathlib import Path

import pytest

from gigagate.errors import StoreError
from gigagate.slots.sqlite_store import SqliteSlotStore
from gigagate.slots.store import Claim
from gigagate.store import sqlite_file
from gigagate.store.sqlite_file import SqliteFile
from gigagate.telemetry.stats import Counted
from gigagate.telemetry.stats_store import FILE, StatsStore
from gigagate.tokens import AccessToken, SealedTokenStore, SqliteTokenStore

LATER = 4_000_000_000.0


def put(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize(
    ("value", "expires_at"),
    [
        (b"token", LATER),
        ("", LATER),
        ("two words", LATER),
        ("token\r\nX-Evil: 1", LATER),
        ("токен", LATER),
        ("t" * 20_000, LATER),
        ("token", "soon"),
        ("token", b"\xff"),
        ("token", float("inf")),
    ],
)
def test_what_is_no_token_is_absent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, value: object, expires_at: object
) -> None:
    path = tmp_path / "tokens.sqlite3"
    store = SealedTokenStore(SqliteTokenStore(path), None)
    assert store.load("key") is None
    put(path, "INSERT INTO tokens VALUES ('key', ?, ?)", value, expires_at)
    with caplog.at_level(logging.WARNING):
        assert store.load("key") is None
        assert store.load("key") is None
    assert [record.message for record in caplog.records] in (
        ["The token in the store is none; another is fetched."],
        ["The token in the store is none; another is fetched."] * 2,
    )
    good = AccessToken("token-2", LATER)
    store.save("key", good)
    assert store.load("key") == good


@pytest.mark.parametrize("value", ["many", b"1", 1.5])
@pytest.mark.parametrize("column", ["held", "wanted", "turn"])
def test_what_is_no_claim_holds_no_slot(tmp_path: Path, column: str, value: object) -> None:
    path = tmp_path / "slots.sqlite3"
    store = SqliteSlotStore(path, clock=lambda: 100.0)
    store.leave("key", "a")
    put(path, "INSERT INTO claims VALUES ('key', 'b', 0, 0, 0, 103.0)")
    put(path, f"UPDATE claims SET {column} = ?", value)
    assert store.claim("key", "a", Claim(0, 1, False), 1).granted == 1


@pytest.mark.parametrize("row", [("requests", "anna", "m", "many"), (b"x", "", "", 1.0)])
def test_what_is_no_sum_is_not_counted(tmp_path: Path, row: tuple[object, ...]) -> None:
    store = StatsStore(tmp_path)
    good = Counted("requests", "boris", "m")
    store.add({good: 2})
    put(tmp_path / FILE, "INSERT INTO counters VALUES (?, ?, ?, ?)", *row)
    assert store.load() == {good: 2}


def test_a_locked_file_is_waited_for_once_and_then_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.0)
    now = [0.0]
    file = SqliteFile(tmp_path / "x.sqlite3", clock=lambda: now[0])
    tried: list[float] = []

    def work(connection: sqlite3.Connection) -> None:
        tried.append(now[0])
        connection.execute("CREATE TABLE IF NOT EXISTS t (a)")
        connection.execute("INSERT INTO t VALUES (1)")

    file.transact(work)
    holder = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    for _ in range(3):
        with pytest.raises(StoreError):
            file.transact(work)
    assert tried == [0.0, 0.0]
    holder.close()
    now[0] = sqlite_file.PAUSE
    file.transact(work)
    assert tried == [0.0, 0.0, sqlite_file.PAUSE]
