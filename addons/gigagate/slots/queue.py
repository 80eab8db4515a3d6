"""The slots of this process, and the requests that wait for one: clients in turn (turns.py).

As long as a process holds slots it hands them to its requests without asking anybody: a free slot
costs microseconds.  A task beside them speaks with the store: at once when somebody waits, a few
times a second while slots lie idle, every other second otherwise.  Idle slots go back after a
second; as soon as another process waits, each slot goes back when its request is done.
"""

import asyncio
import contextlib
import logging
import math
import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gigagate.errors import NoSlot, StoreError
from gigagate.plural import counted
from gigagate.slots.lender import HEARTBEAT, Lender
from gigagate.slots.store import Claim, Share, SlotStore
from gigagate.slots.turns import Turns
from gigagate.threads import in_thread

logger = logging.getLogger(__name__)

POLL = (0.05, 0.15)
"""Seconds between two looks for a slot that another process holds."""
FRESH = 0.2
"""What the store said is taken for true so long while slots come and go."""
IDLE = 1.0
AWAY = 1.0
"""Seconds until a store that is away is asked again."""
GOODBYE = 1.0
"""Seconds for the last word to the store."""
RETRY_AFTER = (1, 60)
NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})
FIRST_GUESS = 5.0
"""Seconds a request holds its slot, before any has."""


class Slot:
    """A request's place in the queue, which becomes a slot."""

    __slots__ = ("_decided", "_queue", "_since", "client", "held", "refusal", "waited")

    def __init__(self, queue: "Slots", since: float, client: str) -> None:
        self.client = client
        self.held = False
        self.waited = 0.0
        """Seconds in the queue."""
        self.refusal: NoSlot | None = None
        self._queue = queue
        self._since = since
        self._decided: asyncio.Event | None = None

    async def wait(self, seconds: float | None = None) -> bool:
        """Whether the slot is held, after `seconds` at the latest; the place stays otherwise.

        Raises NoSlot when limits.queue_seconds are over.  False at once after release(), which a
        caller that is cancelled need not call.
        """
        if self._decided is not None and not self._decided.is_set():
            left = self._since + self._queue.seconds - self._queue.clock()
            try:
                async with asyncio.timeout(left if seconds is None else min(seconds, left)):
                    await self._decided.wait()
            except TimeoutError:
                pass  # see below
            except asyncio.CancelledError:
                self.release()
                raise
            if not self._decided.is_set() and (seconds is None or seconds >= left):
                self._queue.give_up(self)
        if self.refusal is not None:
            raise self.refusal
        return self.held

    def release(self) -> None:
        """Give the slot, or the place in the queue, to whoever is next.  Again: no effect."""
        self._queue.release(self)

    def decide(self) -> None:
        if self._decided is not None:
            self._decided.set()


class Slots:
    """The slots of one credential.  To be used in the event loop's thread."""

    def __init__(
        self,
        store: SlotStore,
        key: str,
        limit: int,
        *,
        queue: int,
        seconds: float,
        stays: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`queue`, `seconds`: how many requests may wait, and for how long.

        stays: keep the claim while there is nothing to do, so that others know of this process.
        """
        self.limit = limit
        self.seconds = seconds
        self.clock = clock
        self.in_use = 0
        self._lender = Lender(limit, clock)
        self._store = store
        self._key = key
        self._owner = uuid.uuid4().hex
        self._places = queue
        self._stays = stays
        self._waiting: Turns[Slot] = Turns()
        self._poked = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._look: asyncio.TimerHandle | None = None
        """The store will be asked whether others wait for a slot that has become free."""
        self._asked_at = self._active_at = float("-inf")
        self._hold_seconds = FIRST_GUESS

    def adjust(
        self, limit: int, queue: int, seconds: float, weights: Mapping[str, float] = NO_WEIGHTS
    ) -> None:
        """The settings have changed.  weights: of clients, as Turns takes them."""
        self._waiting.weights = weights
        self.limit = limit
        self._lender.resize(limit, self.in_use)
        self._places, self.seconds = queue, seconds

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def alone(self) -> bool:
        """The store is away."""
        return self._lender.alone

    def enter(self, client: str = "") -> Slot:
        """A slot at once if there is one, or a place in the queue to wait() in.  Raises NoSlot.

        client: whose request it is.
        """
        slot = Slot(self, self.clock(), client)
        if self._lender.alone:
            self._lender.go_alone(self.in_use)
        if not self._waiting and self.in_use < self._lender.held:
            self._waiting.count(client)
            self._give(slot)
            return slot
        if len(self._waiting) >= self._places + max(0, self.limit - self.in_use):
            if not self._waiting or self._waiting.is_longest(client):
                raise self._full()
            self._refuse(self._waiting.pop_longest())
        slot._decided = asyncio.Event()
        self._waiting.append(slot)
        self.start()
        self._poked.set()
        return slot

    def release(self, slot: Slot) -> None:
        if slot.held:
            slot.held = False
            self.in_use -= 1
            self._active_at = self.clock()
            self._hold_seconds += 0.2 * (self._active_at - slot._since - self._hold_seconds)
            self._slot_is_free()
        elif slot in self._waiting:
            self._waiting.remove(slot)
            slot.decide()

    def give_up(self, slot: Slot) -> None:
        """It has waited long enough."""
        slot.refusal = NoSlot(
            f"The request waited {self.seconds:g} s in this proxy's queue "
            "(limits.queue_seconds in config/gigachat.yaml), and GigaChat was still busy with "
            f"earlier ones: it is given {self.limit} at a time (limits.slots).",
            retry_after=self._retry_after(),
        )
        self.release(slot)

    def start(self) -> None:
        """Speak with the store from now on; enter() does it by itself."""
        if self._keeper is None:
            self._keeper = asyncio.ensure_future(self._keep())

    def close(self) -> None:
        """The process ends: tell the store, so that nobody waits until it forgets the claim."""
        if self._keeper is not None:
            self._keeper.cancel()
            self._keeper = None
            leaving = threading.Thread(target=self._say_goodbye, daemon=True, name="slots")
            leaving.start()
            leaving.join(GOODBYE)

    # Slots ------------------------------------------------------------------------------------

    def _give(self, slot: Slot) -> None:
        self.in_use += 1
        slot.held = True
        self._active_at = self.clock()
        slot.waited, slot._since = self._active_at - slot._since, self._active_at
        slot.decide()

    def _slot_is_free(self) -> None:
        if self._lender.others_wait:
            self._lender.give_back(self.in_use)
            self._poked.set()
        else:
            self._serve()
            if self._look is None:
                pause = max(0.0, self._asked_at + FRESH - self.clock())
                self._look = asyncio.get_running_loop().call_later(pause, self._poked.set)

    def _serve(self) -> None:
        if self._lender.alone:
            self._lender.go_alone(self.in_use)
        while self._waiting and self.in_use < self._lender.held:
            self._give(self._waiting.pop())

    def _refuse_surplus(self) -> None:
        """Those for whom there might have been a slot, but there is none."""
        while len(self._waiting) > self._places:
            self._refuse(self._waiting.pop_longest())

    def _refuse(self, slot: Slot) -> None:
        slot.refusal = self._full()
        slot.decide()

    def _full(self) -> NoSlot:
        seconds = self._retry_after()
        waiting = counted(len(self._waiting), "request")
        return NoSlot(
            f"This proxy's queue is full, {waiting} waiting for GigaChat (limits.queue in "
            f"config/gigachat.yaml), which is given {self.limit} at a time (limits.slots). "
            f"Try again in {seconds} s.",
            retry_after=seconds,
        )

    def _retry_after(self) -> int:
        low, high = RETRY_AFTER
        rounds = (len(self._waiting) + 1) / self.limit
        return min(max(math.ceil(self._hold_seconds * rounds), low), high)

    # The store --------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """Until there is nothing to keep: no slot, nobody who waits."""
        while True:
            await self._ask()
            if self._is_done():
                await self._leave()
                if self._is_done():
                    self._keeper = None
                    return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    await self._poked.wait()

    def _is_done(self) -> bool:
        return not (self._stays or self._lender.held or self._waiting)

    async def _ask(self) -> None:
        self._poked.clear()
        if self._look is not None:
            self._look.cancel()
            self._look = None
        lender = self._lender
        idle = not self._waiting and self.clock() - self._active_at >= IDLE
        if lender.others_wait or (idle and not lender.alone):
            lender.give_back(self.in_use)
        claim = lender.claim(self.in_use, len(self._waiting))
        self._asked_at = self.clock()
        try:
            share = await self._claim(claim)
        except StoreError:
            lender.unreachable()
        except Exception:
            logger.exception("The store of slots failed")
            lender.unreachable()
        else:
            lender.lent(share)
        self._serve()
        self._refuse_surplus()

    def _claim(self, claim: Claim) -> asyncio.Future[Share]:
        return in_thread(
            lambda: self._store.claim(self._key, self._owner, claim, self.limit), "slots"
        )

    async def _leave(self) -> None:
        await in_thread(self._say_goodbye, "slots")
        self._lender.left()

    def _say_goodbye(self) -> None:
        with contextlib.suppress(StoreError):
            self._store.leave(self._key, self._owner)

    def _pause(self) -> float:
        if self._lender.alone:
            return AWAY
        if self._waiting:
            return random.uniform(*POLL)  # noqa: S311 - spreads the processes, no secret
        return FRESH if self._lender.held > self.in_use else HEARTBEAT
