"""The panel's file in the state directory: who is logged in, sums, the last requests.

All processes of the user share it, so a login holds for every worker, and each shows the requests
of all.  Everything is bounded: a session ends by itself, sums are kept for a month, and of requests
the last ones.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from gigagate.store.sqlite_file import SqliteFile

FILE = "panel.sqlite3"
MEANWHILE = "The panel lets nobody in until it can be read again."
HOUR = 3600
DAY = 24 * HOUR
KEPT_DAYS = 31
KEPT_HOURS = KEPT_DAYS * 24

_SESSIONS = """
CREATE TABLE IF NOT EXISTS sessions (
    digest TEXT PRIMARY KEY, key TEXT NOT NULL, form TEXT NOT NULL, ends REAL NOT NULL
)
"""
_HOURS = """
CREATE TABLE IF NOT EXISTS hours (
    hour INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL, PRIMARY KEY (hour, name)
)
"""
_DAYS = """
CREATE TABLE IF NOT EXISTS client_days (
    day INTEGER NOT NULL, client TEXT NOT NULL, name TEXT NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (day, client, name)
)
"""
_REQUESTS = """
CREATE TABLE IF NOT EXISTS requests (id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL)
"""
_ADD = """
INSERT INTO hours VALUES (?, ?, ?)
ON CONFLICT (hour, name) DO UPDATE SET value = value + excluded.value
"""
_ADD_DAY = """
INSERT INTO client_days VALUES (?, ?, ?, ?)
ON CONFLICT (day, client, name) DO UPDATE SET value = value + excluded.value
"""


class StoredSession(NamedTuple):
    digest: str
    """SHA-256 of the cookie, in hex: the file opens nothing for who reads it."""
    key: str
    """SHA-256 of the admin's key it was made with: another key ends it."""
    form: str
    """The anti-forgery token of its pages."""
    ends: float
    """Unix seconds."""


class PanelStore:
    """The panel's database.  Its methods block and raise StoreError; the log has it already."""

    def __init__(self, state_dir: Path) -> None:
        schema = (_SESSIONS, _HOURS, _DAYS, _REQUESTS)
        self._file = SqliteFile(state_dir / FILE, *schema, meanwhile=MEANWHILE)

    def keep(self, session: StoredSession, now: float) -> None:
        """Keeps a session, and forgets those that have ended."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM sessions WHERE ends < ?", (now,))
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", session)

        self._file.transact(work)

    def session(self, digest: str) -> StoredSession | None:
        found = self._file.transact(
            lambda connection: connection.execute(
                "SELECT digest, key, form, ends FROM sessions WHERE digest = ?", (digest,)
            ).fetchone()
        )
        return None if found is None else StoredSession(*found)

    def forget(self, digest: str) -> None:
        self._file.transact(
            lambda connection: connection.execute(
                "DELETE FROM sessions WHERE digest = ?", (digest,)
            )
        )

    def add(
        self,
        hours: Mapping[tuple[int, str], float],
        days: Mapping[tuple[int, str, str], float],
    ) -> None:
        """Adds amounts: (hour, name) and (day, client, name) -> amount.

        hour, day: unix seconds / HOUR, / DAY.
        """
        of_hours = [(*key, value) for key, value in hours.items()]
        of_days = [(*key, value) for key, value in days.items()]
        latest = max((hour for hour, _ in hours), default=0)

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(_ADD, of_hours)
            connection.executemany(_ADD_DAY, of_days)
            connection.execute("DELETE FROM hours WHERE hour < ?", (latest - KEPT_HOURS,))
            oldest_day = latest * HOUR // DAY - KEPT_DAYS
            connection.execute("DELETE FROM client_days WHERE day < ?", (oldest_day,))

        self._file.transact(work)

    def hours(self, since: int) -> Iterable[tuple[int, str, float]]:
        """(hour, name, value), from that hour on."""
        return self._all("SELECT hour, name, value FROM hours WHERE hour >= ? ORDER BY hour", since)

    def client_days(self, since: int) -> Iterable[tuple[int, str, str, float]]:
        """(day, client, name, value), from that day on."""
        return self._all("SELECT day, client, name, value FROM client_days WHERE day >= ?", since)

    def add_requests(self, rows: Sequence[str], most: int) -> None:
        """most: rows that are kept."""

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO requests (content) VALUES (?)", [(row,) for row in rows]
            )
            connection.execute(
                "DELETE FROM requests WHERE id <= (SELECT max(id) FROM requests) - ?", (most,)
            )

        self._file.transact(work)

    def requests(self, after: int) -> Sequence[tuple[int, str]]:
        """(number, row), the latest first, of those with a greater number."""
        return self._all("SELECT id, content FROM requests WHERE id > ? ORDER BY id DESC", after)

    def last_request(self) -> int:
        """The number of the latest one; 0 for none."""
        ((last,),) = self._all("SELECT coalesce(max(id), 0) FROM requests")
        return int(last)

    def _all(self, statement: str, *values: int) -> list[Any]:
        return self._file.transact(
            lambda connection: connection.execute(statement, values).fetchall()
        )
