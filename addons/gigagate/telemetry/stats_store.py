"""The sums of all processes of the user, in one SQLite file of the state directory.

Each process adds what it has counted since it last did, so that nobody overwrites anybody.
"""

from math import isfinite
from pathlib import Path

from gigagate.store.sqlite_file import SqliteFile
from gigagate.telemetry.stats import Counted, Counts

FILE = "stats.sqlite3"
MEANWHILE = "What is counted is kept in memory until it can be written."
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
ALL = "SELECT name, client, model, value FROM counters"


class StatsStore:
    """Its methods raise StoreError; the log has it already."""

    def __init__(self, state_dir: Path) -> None:
        self._file = SqliteFile(state_dir / FILE, SCHEMA, meanwhile=MEANWHILE)

    def add(self, counts: Counts) -> None:
        rows = [(*counter, value) for counter, value in counts.items()]
        self._file.transact(lambda connection: connection.executemany(ADD, rows))

    def load(self) -> Counts:
        rows = self._file.transact(lambda connection: connection.execute(ALL).fetchall())
        return {Counted(*names): value for *names, value in rows if _is_sound(names, value)}


def _is_sound(names: list[object], value: object) -> bool:
    """Whatever its schema says, SQLite keeps anything."""
    texts = all(isinstance(name, str) for name in names)
    return texts and isinstance(value, int | float) and isfinite(value)
