"""The API of clients: whoever manages them calls this, the command line or a panel.

It blocks; every method raises StoreError when the store cannot be used.  A key is told once, when
it is made: nobody can look it up later.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from gigagate.clients import counters
from gigagate.clients.client import Budget, Client, UsedSoFar
from gigagate.clients.counters import REQUESTS, ROUBLES, TOKENS
from gigagate.clients.store import ClientStore
from gigagate.core.http import ANONYMOUS
from gigagate.errors import InvalidRequest, NotFound

NAME = re.compile(r"[A-Za-zА-Яа-яЁё0-9][\w.@-]{0,63}")


class Clients:
    """taken: names that the settings give (GIGAGATE_CLIENT_KEYS)."""

    def __init__(
        self,
        store: ClientStore,
        *,
        taken: Collection[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._taken = taken
        self._clock = clock

    def list(self) -> "list[Client]":
        """All clients by name, revoked ones too."""
        return sorted(self._store.all(), key=lambda client: client.name)

    def get(self, name: str) -> Client:
        """Raises NotFound."""
        for client in self._store.all():
            if client.name == name:
                return client
        raise NotFound(f"There is no client {name}.")

    def add(self, name: str, budget: Budget = Budget()) -> str:  # noqa: B008 - immutable
        """The new client's key.  Raises InvalidRequest if the name is taken or none, or for a
        budget that is none.
        """
        budget.check()
        if not NAME.fullmatch(name):
            raise InvalidRequest(
                f"{name!r} is no name of a client: letters, digits and . _ @ - , at most 64, and "
                "a letter or digit first."
            )
        if name == ANONYMOUS:
            raise InvalidRequest(f"{name} is what clients without a key are called.")
        if name in self._taken:
            raise InvalidRequest(f"{name} is a client of GIGAGATE_CLIENT_KEYS already.")
        key = _new_key()
        client = Client(name=name, digest=digest(key), created=self._clock(), budget=budget)
        if not self._store.add(client):
            raise InvalidRequest(f"There is a client {name} already; rotate gives it a new key.")
        return key

    def change(self, name: str, budget: Budget) -> None:
        """Another budget; the key stays.  Raises NotFound, or InvalidRequest."""
        budget.check()
        self._replace(replace(self.get(name), budget=budget))

    def revoke(self, name: str) -> None:
        """Its key is refused from now on, within a second on every machine.  Raises NotFound."""
        self._replace(replace(self.get(name), digest=""))

    def rotate(self, name: str) -> str:
        """A new key in place of the old one; budget and usage stay.  Raises NotFound."""
        key = _new_key()
        self._replace(replace(self.get(name), digest=digest(key)))
        return key

    def usage(self, name: str) -> UsedSoFar:
        now = self._clock()
        of = {thing: counters.counter(name, thing, now) for thing in (REQUESTS, TOKENS, ROUBLES)}
        sums = self._store.sums(list(of.values()))
        requests, tokens, roubles = (sums[counter.key] for counter in of.values())
        return UsedSoFar(round(requests), round(tokens), roubles)

    def _replace(self, client: Client) -> None:
        if not self._store.replace(client):
            raise NotFound(f"There is no client {client.name}.")


def digest(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()


def _new_key() -> str:
    return f"gg-{secrets.token_urlsafe(32)}"
