"""What a conversation has taken, thing by thing: how each is named, and how it is shown."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gigagate.sessions.session import Totals
from gigagate.sessions.words import t
from gigagate.views.text import digits


class Sum(NamedTuple):
    name: str
    of: Callable[[Totals], float]
    shown: Callable[[float], str]
    only_if_any: bool = False
    """Whether none of it is not worth a cell."""


def _number(value: float) -> str:
    return digits(int(value))


def _roubles(value: float) -> str:
    return f"{value:.2f} ₽"


def _seconds(value: float) -> str:
    return t("{seconds} s", seconds=f"{value:.1f}")


SUMS: Sequence[Sum] = (
    Sum("steps", lambda sums: sums.steps, _number),
    Sum("tokens asked", lambda sums: sums.prompt, _number),
    Sum("of them cached", lambda sums: sums.cached, _number, only_if_any=True),
    Sum("tokens answered", lambda sums: sums.completion, _number),
    Sum("cost", lambda sums: sums.cost, _roubles, only_if_any=True),
    Sum("GigaChat's time", lambda sums: sums.seconds, _seconds, only_if_any=True),
    Sum("errors", lambda sums: sums.errors, _number),
)
