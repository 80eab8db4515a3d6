"""A database file of the state directory, shared by every process of the user.

Each call opens the file anew: a connection kept would have to survive threads, forks and the file's
removal.  SQLite's rollback journal serves better here than WAL, which needs two more files beside
this one and a moment alone with it to be switched on.
"""

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from gigagate import private_folder
from gigagate.errors import StoreError
from gigagate.store.outage import ALONE, Outage

logger = logging.getLogger(__name__)

BUSY_SECONDS = 2.0
PAUSE = 5.0
"""Seconds after a failure in which the file is left alone: each try may wait for a lock."""
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class SqliteFile:
    def __init__(
        self,
        path: Path,
        *schema: str,
        meanwhile: str = ALONE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`schema`: statements run at every opening.  `meanwhile`: see Outage."""
        self._path = path
        self._schema = schema
        self._clock = clock
        self._left_alone_until = float("-inf")
        self._lock = threading.Lock()
        self.outage = Outage(f"The store {path}", meanwhile)

    def transact[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` returns; it may run twice.  Raises StoreError, and logs it at first."""
        with self._lock:
            if self._clock() < self._left_alone_until:
                raise StoreError(f"The store {self._path} is away.")
            try:
                result = self._in_sound_file(work)
            except (sqlite3.Error, OSError, TypeError, ValueError, OverflowError) as error:
                self._left_alone_until = self._clock() + PAUSE
                self.outage.begin(str(error))
                raise StoreError(f"The store {self._path} cannot be used: {error}.") from error
        self.outage.end()
        return result

    def _in_sound_file[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        for _ in range(2):  # another process may just have replaced a damaged file
            try:
                return self._in_file(work)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", None) not in DAMAGED:
                    raise
        self._put_aside()
        return self._in_file(work)

    def _in_file[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        self._make_private()
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        with contextlib.closing(connection), connection:
            for statement in self._schema:
                connection.execute(statement)
            return work(connection)

    def _make_private(self) -> None:
        """SQLite would make the file as the umask has it.

        A file that exists is not opened here: closing it would end SQLite's locks on it (POSIX).
        Raises OSError.
        """
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if fault := private_folder.fault_of_file(self._path):
                raise PermissionError(fault) from None
            if self._path.stat().st_mode & 0o077:
                self._path.chmod(0o600)

    def _put_aside(self) -> None:
        aside = self._path.with_name(f"{self._path.name}.damaged")
        logger.warning("The store %s is damaged; a new one is made.", self._path)
        self._path.replace(aside)
        self._path.with_name(f"{self._path.name}-journal").unlink(missing_ok=True)
