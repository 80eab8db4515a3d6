"""Which of several credentials a request uses.

A conversation stays with the credential that served it: its prompt cache, files and state are
there.  A new one goes to the first in order that has a free slot, or by weights where there are
any; by weights, and for files, every process and machine chooses alike.  A credential that GigaChat
refuses is set aside for a time and then tried again, by a request that would move on once more.
"""

import logging
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from hashlib import sha256

from gigagate.accounts.account import Account
from gigagate.core.name_patterns import among

logger = logging.getLogger(__name__)

ASIDE = 30.0
"""Seconds: a credential that serves again is used again within a minute."""
FAILING = 10.0
"""Seconds in which so many failures are an outage."""
REMEMBERED = 10_000
"""Conversations."""


class Pool:
    def __init__(
        self, accounts: Sequence[Account], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._accounts = accounts
        self._clock = clock
        self._homes: OrderedDict[str, Account] = OrderedDict()
        self.moves: Counter[tuple[str, str]] = Counter()
        """Credential, reason -> requests that went on to another one."""
        self.on_set_aside: Callable[[], None] = lambda: None
        self._models_off: dict[tuple[Account, str], float] = {}
        """Until when a model is not asked of an account, which does not have it."""

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)

    def choose(self, conversation: str, model: str | None) -> Account:
        serving = [one for one in self._accounts if serves(one, model)] or list(self._accounts)
        usable = [one for one in serving if self.is_usable(one, model)] or serving
        home = self._homes.get(conversation)
        if home is None or home not in usable:
            in_order = self._in_order(usable, conversation)
            home = next((one for one in in_order if _has_free_slot(one)), in_order[0])
        self.stays(conversation, home)
        return home

    def stays(self, conversation: str, account: Account) -> None:
        if conversation:
            self._homes[conversation] = account
            self._homes.move_to_end(conversation)
            if len(self._homes) > REMEMBERED:
                self._homes.popitem(last=False)

    def another(
        self, tried: Collection[Account], model: str | None, *, free: bool
    ) -> Account | None:
        """One that may serve what those could not.  free: only one with a free slot."""
        left = [
            one
            for one in self._accounts
            if one not in tried and serves(one, model) and self.is_usable(one, model)
        ]
        with_slot = [one for one in left if _has_free_slot(one)]
        return next(iter(with_slot or ([] if free else left)), None)

    def set_aside(self, account: Account, reason: str) -> None:
        first = account.aside.until <= self._clock()
        account.aside.until, account.aside.reason = self._clock() + ASIDE, reason
        if first:
            logger.warning(
                "The credential %s is set aside for %.0f s: %s", account.label, ASIDE, reason
            )
            self.on_set_aside()

    def failed(self, account: Account) -> None:
        """Its server failed over a request; some of them in a row are an outage."""
        times = account.aside.failed_at
        times.append(self._clock())
        if len(times) == times.maxlen and times[-1] - times[0] < FAILING:
            times.clear()
            self.set_aside(account, "failing")

    def does_without(self, account: Account, model: str | None) -> None:
        """The account has the model switched off, or has none of that name."""
        if model is None:
            return
        now = self._clock()
        self._models_off = {key: at for key, at in self._models_off.items() if at > now}
        if (account, model) not in self._models_off:
            logger.warning(
                "The credential %s is not asked for %s for %.0f s: it does not have the model",
                account.label,
                model,
                ASIDE,
            )
        self._models_off[account, model] = now + ASIDE

    def lacks(self, account: Account) -> Sequence[str]:
        """Models that are not asked of it now."""
        now = self._clock()
        return [
            model for (one, model), at in self._models_off.items() if one is account and at > now
        ]

    def seconds_aside(self, account: Account) -> float:
        """Until it is tried again; 0 if it is not set aside."""
        return max(0.0, account.aside.until - self._clock())

    def is_usable(self, account: Account, model: str | None = None) -> bool:
        now = self._clock()
        if model is not None and self._models_off.get((account, model), now) > now:
            return False
        outage = account.outage
        return account.aside.until <= now and not (outage.known and outage.wait(time.monotonic()))

    def _in_order(self, accounts: Sequence[Account], conversation: str) -> Sequence[Account]:
        """The order by weights: rendezvous hashing, which every process does alike."""
        if all(one.weight is None for one in self._accounts):
            return accounts

        def rank(account: Account) -> float:
            digest = sha256(f"{account.label}\0{conversation}".encode(errors="replace")).digest()
            part = (int.from_bytes(digest[:8]) + 1) / (2**64 + 2)
            return -math.log(part) / (account.weight or 1.0)

        return sorted(accounts, key=rank)


def serves(account: Account, model: str | None) -> bool:
    return model is None or among(model, account.serves)


def _has_free_slot(account: Account) -> bool:
    return account.slots.in_use < account.slots.limit and not account.slots.waiting
