"""Clients and what they have used in files of the state directory, for the processes of a machine.

Two files: that of the clients changes when a person changes it, so its time tells whether to read.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from gigagate.clients.client import Client
from gigagate.clients.store import BudgetCounter
from gigagate.store.sqlite_file import SqliteFile

CLIENTS = (
    "CREATE TABLE IF NOT EXISTS clients (name TEXT PRIMARY KEY, digest TEXT NOT NULL, "
    "content TEXT NOT NULL)",
)
COUNTERS = (
    "CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, amount REAL NOT NULL, "
    "ends REAL NOT NULL)",
)
ADD = """
INSERT INTO clients VALUES (:name, :digest, :content)
ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, content = excluded.content
WHERE clients.digest = ''
"""
REPLACE = "UPDATE clients SET digest = :digest, content = :content WHERE name = :name"
COUNT = """
INSERT INTO counters VALUES (:key, :amount, :ends)
ON CONFLICT (key) DO UPDATE SET amount = amount + excluded.amount
RETURNING amount
"""
KEPT = 60.0
"""Seconds beyond a counter's end, for clocks that do not agree."""


class SqliteClientStore:
    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = folder / "clients.sqlite3"
        self._clients = SqliteFile(self._path, *CLIENTS)
        self._counters = SqliteFile(folder / "budgets.sqlite3", *COUNTERS)
        self._clock = clock

    def changed(self) -> object:
        try:
            state = self._path.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_size, state.st_ino

    def all(self) -> Sequence[Client]:
        if not self._path.exists():  # nobody has ever been added
            return []
        rows = self._clients.transact(
            lambda connection: connection.execute("SELECT content FROM clients").fetchall()
        )
        return list(readable(content for (content,) in rows))

    def add(self, client: Client) -> bool:
        return self._write(ADD, client)

    def replace(self, client: Client) -> bool:
        return self._write(REPLACE, client)

    def count(self, amounts: Mapping[BudgetCounter, float]) -> Mapping[str, float]:
        def work(connection: sqlite3.Connection) -> dict[str, float]:
            connection.execute("BEGIN IMMEDIATE")
            gone = {"now": self._clock() - KEPT}
            connection.execute("DELETE FROM counters WHERE ends < :now", gone)
            sums = {}
            for counter, amount in amounts.items():
                row = {"key": counter.key, "amount": amount, "ends": counter.ends}
                ((total,),) = connection.execute(COUNT, row).fetchall()
                sums[counter.key] = float(total)
            return sums

        return self._counters.transact(work)

    def sums(self, counters: Collection[BudgetCounter]) -> Mapping[str, float]:
        def work(connection: sqlite3.Connection) -> dict[str, float]:
            found = {}
            for counter in counters:
                row = connection.execute(
                    "SELECT amount FROM counters WHERE key = :key", {"key": counter.key}
                ).fetchone()
                found[counter.key] = float(row[0]) if row else 0.0
            return found

        return self._counters.transact(work)

    def _write(self, statement: str, client: Client) -> bool:
        row = {"name": client.name, "digest": client.digest, "content": client.to_text()}
        return self._clients.transact(
            lambda connection: connection.execute(statement, row).rowcount > 0
        )


def readable(texts: Iterable[str]) -> Sequence[Client]:
    clients = []
    for text in texts:
        with contextlib.suppress(ValueError, TypeError, KeyError):
            clients.append(Client.of_text(text))
    return clients
