"""The panel's file in the state directory: who is logged in, and sums by the hour.

All processes of the user share it, so a login holds for every worker.  Both are bounded: a session
ends by itself, and hours are kept for a month.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from gigagate.store.sqlite_file import SqliteFile

FILE = "panel.sqlite3"
MEANWHILE = "The panel lets nobody in until it can be read again."
HOUR = 3600
KEPT_HOURS = 31 * 24

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
_ADD = """
INSERT INTO hours VALUES (?, ?, ?)
ON CONFLICT (hour, name) DO UPDATE SET value = value + excluded.value
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
        self._file = SqliteFile(state_dir / FILE, _SESSIONS, _HOURS, meanwhile=MEANWHILE)

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

    def add(self, sums: Mapping[tuple[int, str], float]) -> None:
        """Adds to hours: (hour, name) -> amount.  hour: unix seconds / 3600."""
        rows = [(hour, name, value) for (hour, name), value in sums.items()]
        oldest = max((hour for hour, _ in sums), default=0) - KEPT_HOURS

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(_ADD, rows)
            connection.execute("DELETE FROM hours WHERE hour < ?", (oldest,))

        self._file.transact(work)

    def hours(self, since: int) -> Iterable[tuple[int, str, float]]:
        """(hour, name, value), from that hour on."""
        return self._file.transact(
            lambda connection: connection.execute(
                "SELECT hour, name, value FROM hours WHERE hour >= ? ORDER BY hour", (since,)
            ).fetchall()
        )
