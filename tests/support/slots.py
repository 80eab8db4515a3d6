"""A request that takes its place in the queue and waits there."""

from gigagate.slots.queue import Slot, Slots


async def acquire(slots: Slots) -> Slot:
    """Raises NoSlot."""
    slot = slots.enter()
    await slot.wait()
    return slot
