"""Slots: how many requests GigaChat is given at the same time, and the queue for them.

A credential has so many slots, however many processes and machines use it: each process borrows
slots from a store they share, hands them to its own requests, and gives back what it does not need.

queue.py         the slots of this process, and who waits for one
turns.py         whose turn it is
lender.py        what the process knows of the store, and how many slots it may use without it
store.py         what a store can do: sqlite_store.py in a file, redis_store.py in a server
"""

from gigagate.settings import Settings
from gigagate.slots.queue import Slot, Slots
from gigagate.slots.redis_store import RedisSlotStore
from gigagate.slots.sqlite_store import SqliteSlotStore
from gigagate.slots.store import SlotStore
from gigagate.store.redis_server import RedisServer

__all__ = ["Slot", "Slots", "open_slots"]


def open_slots(
    settings: Settings, key: str, server: RedisServer | None, *, stays: bool = False
) -> Slots:
    """The slots of the credential named `key`; lent by `server`, or by a file if there is none.

    stays: as in Slots.
    """
    store: SlotStore = (
        RedisSlotStore(server) if server else SqliteSlotStore(settings.state_dir / "slots.sqlite3")
    )
    limits = settings.limits
    slots = Slots(
        store, key, settings.slots, queue=limits.queue, seconds=limits.queue_seconds, stays=stays
    )
    slots.adjust(settings.slots, limits.queue, limits.queue_seconds, limits.client_weights)
    return slots
