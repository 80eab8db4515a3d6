"""One proxy's side of clients: whose a key is, whether the budget lasts, and what was spent.

The list is held in memory and looked at every second.  What is spent is added to the store that all
processes share, so that a budget is counted once; what could not be written yet counts here.  A
store that is away costs nobody an answer: this process goes on with the sums it has seen last.
"""

import logging
import threading
import time
from collections import Counter as Sums
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from gigagate import private_file
from gigagate.clients import counters
from gigagate.clients.client import Client
from gigagate.clients.counters import REQUESTS, Limit, Spent
from gigagate.clients.registry import digest
from gigagate.clients.store import BudgetCounter, ClientStore
from gigagate.errors import BudgetExhausted, StoreError

logger = logging.getLogger(__name__)

MARK = "clients-are-known"
"""A file of the state directory: there are clients, even if their store is away at a start."""
REMEMBERED = 10_000
"""Sums."""


class Ledger:
    def __init__(
        self, store: ClientStore, folder: Path, clock: Callable[[], float] = time.time
    ) -> None:
        """Reads the list.  Blocks."""
        self._store = store
        self._mark = folder / MARK
        self._clock = clock
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._unwritten: Sums[BudgetCounter] = Sums()
        self._seen: dict[str, float] = {}
        self._changed: object = self
        self.unknown = False
        """There are clients, and nobody knows which: the store has been away since the start."""
        self._by_digest: Mapping[str, Client] = MappingProxyType({})
        self._by_name: Mapping[str, Client] = MappingProxyType({})
        self.look()

    @property
    def asks(self) -> bool:
        """Whether a key is asked for: since the first client was added, for ever."""
        return bool(self._by_name) or self.unknown

    def look(self) -> None:
        """Reads the list if it may have changed.  Blocks, never raises."""
        changed = self._store.changed()
        if changed == self._changed:
            return
        try:
            clients = self._store.all()
        except StoreError:
            self.unknown = not self._by_name and self._mark.exists()
            return
        self._changed = changed
        self._by_digest = MappingProxyType({one.digest: one for one in clients if one.digest})
        self._by_name = MappingProxyType({one.name: one for one in clients})
        self.unknown = False
        if clients and not self._mark.exists():
            try:
                private_file.write(self._mark, b"")
            except OSError as error:
                logger.warning("%s cannot be written: %s", self._mark, error.strerror)

    def holder(self, keys: Iterable[str]) -> Client | None:
        """Whose key is among these; expired or not."""
        for key in keys:
            if (client := self._by_digest.get(digest(key))) is not None:
                return client
        return None

    def named(self, name: str) -> Client | None:
        """One that may come in; None for a revoked one."""
        client = self._by_name.get(name)
        return None if client is None or client.revoked else client

    def may_use(self, name: str) -> Sequence[str]:
        """Models, or patterns of them; empty for all."""
        client = self._by_name.get(name)
        return () if client is None else client.budget.models

    def admit(self, client: Client, contact: str, *, works: bool) -> None:
        """Counts a request.  Blocks.  Raises BudgetExhausted.

        contact: who may raise the budget.  works: it takes tokens; else only its number counts.
        """
        now = self._clock()
        limits = counters.limits(client.budget)
        asked = {limit: counters.counter(client.name, limit.thing, now) for limit in limits}
        sums = self._sums(asked)
        for limit, counter in asked.items():
            used = sums.get(counter.key, 0.0)
            over = used > limit.most if limit.thing == REQUESTS else used >= limit.most
            if over and (works or limit.thing == REQUESTS):
                raise _exhausted(client, limit, counter, now, contact)

    def spent(self, name: str, spent: Spent) -> bool:
        """Whether there is something to `write`.  Does not block."""
        if name not in self._by_name:
            return False
        amounts = spent.amounts(name, self._clock())
        with self._lock:
            self._unwritten.update(amounts)
        return bool(amounts)

    def write(self) -> None:
        """What was spent until now, into the store.  Blocks, never raises; what cannot be written
        stays."""
        with self._writing:
            with self._lock:
                amounts, self._unwritten = self._unwritten, Sums()
            if not amounts:
                return
            try:
                self._remember(self._store.count(amounts))
            except StoreError:
                with self._lock:
                    self._unwritten.update(amounts)

    def _sums(self, asked: Mapping[Limit, BudgetCounter]) -> Mapping[str, float]:
        """With this request counted in, and what is not written yet."""
        requests = {c: 1.0 for limit, c in asked.items() if limit.thing == REQUESTS}
        others = [c for limit, c in asked.items() if limit.thing != REQUESTS]
        with self._lock:
            unwritten = {c.key: self._unwritten[c] for c in others}
        try:
            if requests:
                self._remember(self._store.count(requests))
            if others:
                self._remember(self._store.sums(others))
        except StoreError:
            with self._lock:
                for counter in requests:
                    self._seen[counter.key] = self._seen.get(counter.key, 0.0) + 1
        return {
            c.key: self._seen.get(c.key, 0.0) + unwritten.get(c.key, 0.0) for c in asked.values()
        }

    def _remember(self, sums: Mapping[str, float]) -> None:
        with self._lock:
            if len(self._seen) > REMEMBERED:
                self._seen.clear()
            self._seen.update(sums)


def _exhausted(
    client: Client, limit: Limit, counter: BudgetCounter, now: float, contact: str
) -> BudgetExhausted:
    renews = datetime.fromtimestamp(counter.ends, UTC)
    return BudgetExhausted(
        f"The budget of {client.name} is used up: {limit.most:g} {limit.words}. It begins anew at "
        f"{renews:%Y-%m-%d %H:%M} UTC; {contact} can raise it.",
        retry_after=counters.period(limit.thing, now).seconds_left(now),
    )
