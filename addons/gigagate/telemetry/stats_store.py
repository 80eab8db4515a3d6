"""The sums of all processes of the user, in one SQLite file of the state directory.

Each process adds what it has counted since it last did, so that nobody overwrites anybody.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from gigagate.errors import StoreError
from gigagate.telemetry.stats import Counter, Counts

FILE = "stats.sqlite3"
BUSY_SECONDS = 2.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS counters (
    name TEXT NOT NULL, client TEXT NOT NULL, model TEXT NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (name, client, model)
)
"""
ADD = """
INSERT INTO counters VALUES (?, ?, ?, ?)
ON CONFLICT (name, client, model) DO UPDATE SET value = value + excluded.value
"""


class StatsStore:
    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE

    def add(self, counts: Counts) -> None:
        with self._connection() as connection:
            connection.executemany(ADD, [(*counter, value) for counter, value in counts.items()])

    def load(self) -> Counts:
        with self._connection() as connection:
            rows = connection.execute("SELECT name, client, model, value FROM counters")
            return {Counter(name, client, model): value for name, client, model, value in rows}

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One transaction.  Raises StoreError."""
        try:
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
            with contextlib.closing(connection), connection:
                connection.execute(SCHEMA)
                yield connection
        except sqlite3.Error as error:
            raise StoreError(f"The statistics in {self._path} cannot be used: {error}.") from error
