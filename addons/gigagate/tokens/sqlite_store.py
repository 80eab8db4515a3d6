"""The token store in a file of the state directory, for the processes of one machine."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gigagate.store import sqlite_file
from gigagate.store.sqlite_file import SqliteFile
from gigagate.tokens.token import AccessToken

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
        self._file = SqliteFile(path, *SCHEMA)
        self._clock = clock

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
            # another may be given one while we wait our turn
            latest=now + seconds + sqlite_file.BUSY_SECONDS,
        )
        return changed > 0

    def release(self, key: str, owner: str) -> None:
        self._run("DELETE FROM leases WHERE key = :key AND owner = :owner", key=key, owner=owner)

    def _run(self, statement: str, **parameters: object) -> tuple[list[Any], int]:
        """The rows found and the number of rows changed."""

        def work(connection: Any) -> tuple[list[Any], int]:
            cursor = connection.execute(statement, parameters)
            return cursor.fetchall(), cursor.rowcount

        return self._file.transact(work)
