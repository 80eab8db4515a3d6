"""Which counter a budget looks at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gigagate.clients import periods
from gigagate.clients.client import Budget
from gigagate.clients.periods import Period
from gigagate.clients.store import BudgetCounter

REQUESTS, TOKENS, ROUBLES = "requests", "tokens", "roubles"


class Limit(NamedTuple):
    thing: str
    most: float
    words: str
    """The limit in words, for a person."""


def period(thing: str, now: float) -> Period:
    of = {REQUESTS: periods.minute, TOKENS: periods.day, ROUBLES: periods.month}
    return of[thing](now)


def counter(name: str, thing: str, now: float) -> BudgetCounter:
    running = period(thing, now)
    return BudgetCounter(f"{thing}:{running.name}:{name}", running.ends)


def limits(budget: Budget) -> list[Limit]:
    every = (
        Limit(REQUESTS, budget.requests_per_minute, "requests a minute"),
        Limit(TOKENS, budget.tokens_per_day, "tokens a day"),
        Limit(ROUBLES, budget.roubles_per_month, "roubles a month"),
    )
    return [limit for limit in every if limit.most]


@dataclass(frozen=True, slots=True)
class Spent:
    tokens: int = 0
    roubles: float = 0.0

    def amounts(self, name: str, now: float) -> Mapping[BudgetCounter, float]:
        every = {TOKENS: float(self.tokens), ROUBLES: self.roubles}
        return {counter(name, thing, now): amount for thing, amount in every.items() if amount}
