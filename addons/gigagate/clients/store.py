"""What a store of clients can do.  Every method blocks, and raises StoreError when the store cannot
be used; the log has it already.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from gigagate.clients.client import Client


class BudgetCounter(NamedTuple):
    """The counter of one client, thing and period."""

    key: str
    ends: float
    """Unix time after which nobody asks for it."""


class ClientStore(Protocol):
    def changed(self) -> object:
        """Differs from an earlier one if the list may have changed.  Cheap; never raises."""

    def all(self) -> Sequence[Client]:
        """Revoked ones too.  What is none, is left out."""

    def add(self, client: Client) -> bool:
        """False if the name is taken already, and not revoked."""

    def replace(self, client: Client) -> bool:
        """False if there is no such name."""

    def count(self, amounts: Mapping[BudgetCounter, float]) -> Mapping[str, float]:
        """Adds, and tells the sums by their keys."""

    def sums(self, counters: Collection[BudgetCounter]) -> Mapping[str, float]:
        """0 for one that nothing was added to."""
