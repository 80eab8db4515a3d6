"""What the processes that share a credential tell each other through a store.

A process says how many slots it holds and how many more it could use, and learns how many of those
are now its own.  So a lost answer, or a store that has forgotten everything, does no harm for
longer than until the next claim.  A claim is forgotten after some seconds: a process that dies
holds nobody up for long.

Processes take turns: who gets a slot goes to the end of the line, and as long as others wait,
nobody gets more than one at a time.
"""

from typing import NamedTuple, Protocol

SECONDS = 6.0
"""How long a claim is remembered."""


class Claim(NamedTuple):
    held: int
    """Slots in use or kept, whatever the store believes."""
    wanted: int
    """More slots that requests wait for."""
    known: bool
    """The process has made a claim before.  If the store does not know it any more, its memory of
    others may be gone too, and it gives nothing."""


class Share(NamedTuple):
    granted: int
    """Slots that are now the process's, besides those it held."""
    forgotten: bool
    """The claim said `known`, and the store knew nothing of it."""
    others: int
    """Other processes with a claim."""
    others_hold: int
    others_wait: bool


class SlotStore(Protocol):
    """Every method raises StoreError when the store cannot be used; the log has it already."""

    def claim(self, key: str, owner: str, claim: Claim, limit: int) -> Share:
        """`owner` names the process, `key` the credential, which has `limit` slots."""

    def leave(self, key: str, owner: str) -> None:
        """The process holds and wants nothing any more."""


def granted(claim: Claim, limit: int, held: int, ahead: int, waiting: int) -> int:
    """How many slots a claim gets.

    held: by others.  waiting: others who want slots; ahead: those of them whose turn is first.
    """
    free = limit - claim.held - held
    if free <= ahead:
        return 0
    return min(claim.wanted, max(1, free - waiting))
