"""Slots in a file of the state directory, for the processes of one machine.

The file is not forced to the disk: after a power cut no claim is worth anything.  Times are those
of the machine's monotonic clock, which all its processes share and nobody sets.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from gigagate.slots.store import SECONDS, Claim, Share, granted
from gigagate.store import sqlite_file
from gigagate.store.sqlite_file import SqliteFile

SCHEMA = (
    "PRAGMA synchronous = OFF",
    "CREATE TABLE IF NOT EXISTS claims (key TEXT, owner TEXT, held INTEGER NOT NULL, "
    "wanted INTEGER NOT NULL, turn INTEGER NOT NULL, expires_at REAL NOT NULL, "
    "PRIMARY KEY (key, owner))",
)
EXPIRE = "DELETE FROM claims WHERE expires_at NOT BETWEEN :now AND :latest"
"""A claim that ends after `latest` was made before the machine was started anew."""
READ = "SELECT owner, held, wanted, turn FROM claims WHERE key = :key"
WRITE = "INSERT OR REPLACE INTO claims VALUES (:key, :owner, :held, :wanted, :turn, :expires_at)"
LEAVE = "DELETE FROM claims WHERE key = :key AND owner = :owner"


class SqliteSlotStore:
    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = SqliteFile(path, *SCHEMA)
        self._clock = clock

    def claim(self, key: str, owner: str, claim: Claim, limit: int) -> Share:
        def work(connection: sqlite3.Connection) -> Share:
            connection.execute("BEGIN IMMEDIATE")
            now = self._clock()
            latest = now + SECONDS + sqlite_file.BUSY_SECONDS
            connection.execute(EXPIRE, {"now": now, "latest": latest})
            found = connection.execute(READ, {"key": key})
            rows = {row[0]: row[1:] for row in found if all(type(n) is int for n in row[1:])}
            mine = rows.pop(owner, None)
            share, turn = _share(claim, limit, mine, list(rows.values()))
            row = {
                "key": key,
                "owner": owner,
                "held": claim.held + share.granted,
                "wanted": claim.wanted - share.granted,
                "turn": turn,
                "expires_at": now + SECONDS,
            }
            connection.execute(WRITE, row)
            return share

        return self._file.transact(work)

    def leave(self, key: str, owner: str) -> None:
        row = {"key": key, "owner": owner}
        self._file.transact(lambda connection: connection.execute(LEAVE, row))


type ShareRow = tuple[int, int, int]
"""held, wanted, turn"""


def _share(
    claim: Claim, limit: int, mine: ShareRow | None, others: list[ShareRow]
) -> tuple[Share, int]:
    """What the process gets, and its turn from now on."""
    last = max([0, *(turn for _, _, turn in others)]) + 1
    turn = mine[2] if mine and mine[1] else last
    waiting = [turn_of for _, wanted, turn_of in others if wanted]
    held = sum(held for held, _, _ in others)
    forgotten = claim.known and mine is None
    ahead = sum(turn_of < turn for turn_of in waiting)
    grant = 0 if forgotten else granted(claim, limit, held, ahead, len(waiting))
    share = Share(grant, forgotten, len(others), held, bool(waiting))
    return share, last if grant else turn
