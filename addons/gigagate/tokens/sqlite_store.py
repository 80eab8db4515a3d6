"""The token store in a file of the state directory, shared by every process of the user.

Each call opens the file anew: calls are minutes apart, and a connection kept would have to survive
threads, forks and the file's removal. SQLite's rollback journal serves better here than WAL, which
needs two more files beside this one and a moment alone with it to be switched on.
"""

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gigagate.errors import StoreError
from gigagate.tokens.token import AccessToken

logger = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
SCHEMA = tuple(
    f"CREATE TABLE IF NOT EXISTS {table} "
    f"(key TEXT PRIMARY KEY, {column} TEXT NOT NULL, expires_at REAL NOT NULL)"
    for table, column in (("tokens", "value"), ("leases", "owner"))
)
ACQUIRE = """
INSERT INTO leases VALUES (:key, :owner, :now + :seconds)
ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
WHERE owner = excluded.owner OR leases.expires_at NOT BETWEEN :now AND :latest
"""
"""A lease that ends after `latest` was given by a clock that has been set back since."""


class SqliteTokenStore:
    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()

    def load(self, key: str) -> AccessToken | None:
        rows, _ = self._run("SELECT value, expires_at FROM tokens WHERE key = :key", key=key)
        return AccessToken(*rows[0]) if rows else None

    def save(self, key: str, token: AccessToken) -> None:
        self._run(
            "INSERT OR REPLACE INTO tokens VALUES (:key, :value, :expires_at)",
            key=key,
            value=token.value,
            expires_at=token.expires_at,
        )

    def drop(self, key: str, value: str) -> None:
        self._run("DELETE FROM tokens WHERE key = :key AND value = :value", key=key, value=value)

    def acquire(self, key: str, owner: str, seconds: float) -> bool:
        now = self._clock()
        _, changed = self._run(
            ACQUIRE,
            key=key,
            owner=owner,
            now=now,
            seconds=seconds,
            latest=now + seconds + BUSY_SECONDS,  # another may be given one while we wait our turn
        )
        return changed > 0

    def release(self, key: str, owner: str) -> None:
        self._run("DELETE FROM leases WHERE key = :key AND owner = :owner", key=key, owner=owner)

    def _run(self, statement: str, **parameters: object) -> tuple[list[Any], int]:
        """The rows found and the number of rows changed."""
        with self._lock:
            try:
                for _ in range(2):  # another process may just have replaced a damaged file
                    try:
                        return self._execute(statement, parameters)
                    except sqlite3.DatabaseError as error:
                        if getattr(error, "sqlite_errorcode", None) not in DAMAGED:
                            raise
                self._put_aside()
                return self._execute(statement, parameters)
            except (sqlite3.Error, OSError) as error:
                raise StoreError(
                    f"The token store {self._path} cannot be used: {error}."
                ) from error

    def _execute(self, statement: str, parameters: Mapping[str, object]) -> tuple[list[Any], int]:
        self._make_private()
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        with contextlib.closing(connection), connection:
            for table in SCHEMA:
                connection.execute(table)
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall(), cursor.rowcount

    def _make_private(self) -> None:
        """SQLite would make the file as the umask has it.

        A file that exists is not opened here: closing it would end SQLite's locks on it (POSIX).
        """
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)

    def _put_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.name}.damaged")
        logger.warning("The token store %s is damaged; a new one is made.", self._path)
        self._path.replace(aside)
        self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
