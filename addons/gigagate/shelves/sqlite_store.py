"""Sealed things in a file of the state directory, for the processes of one machine."""

import time
from collections.abc import Callable
from pathlib import Path
from sqlite3 import Connection

from gigagate.shelves.store import MOST_BYTES, SECONDS
from gigagate.store.sqlite_file import SqliteFile

MEANWHILE = "Until it is back, responses are not kept, and those that are kept are not found."

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, text TEXT NOT NULL, "
    "size INTEGER NOT NULL, ends REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS kept_by_end ON kept (ends)",
)
_OLDEST = "SELECT key, size FROM kept ORDER BY ends, rowid"


class SqliteShelfStore:
    """Implements SealedTexts."""

    def __init__(
        self,
        path: Path,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._file = SqliteFile(path, *_SCHEMA, meanwhile=MEANWHILE)
        self._most_bytes = most_bytes
        self._clock = clock

    def load(self, key: str) -> str | None:
        def work(connection: Connection) -> str | None:
            # an end further off was set by a clock that has been set back since
            found = connection.execute(
                "SELECT text FROM kept WHERE key = ? AND ends > ? AND ends <= ?",
                (key, now, now + SECONDS),
            ).fetchone()
            return str(found[0]) if found else None

        now = self._clock()
        return self._file.transact(work)

    def save(self, key: str, text: str) -> None:
        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM kept WHERE ends <= ? OR ends > ?", (now, now + SECONDS))
            connection.execute(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)",
                (key, text, len(text), now + SECONDS),
            )
            (held,) = connection.execute("SELECT SUM(size) FROM kept").fetchone()
            for oldest, size in connection.execute(_OLDEST).fetchall():
                if held <= self._most_bytes:
                    break
                connection.execute("DELETE FROM kept WHERE key = ?", (oldest,))
                held -= size

        now = self._clock()
        self._file.transact(work)

    def drop(self, key: str) -> None:
        self._file.transact(
            lambda connection: connection.execute("DELETE FROM kept WHERE key = ?", (key,)).rowcount
        )
