"""How much work a function does as what it reads grows: steps counted, so that it cannot flake.

A step is a line of Python that is run, a turn of a loop or a call, in whatever module. What a call
does in C (a search, a pattern, `in` a list) is one step however long it takes. That is seen by
`times_in_c`: the time of this thread on the processor, which nothing else lengthens, of eight times
the size over that of one, at a size that takes long enough to be told from nothing.
"""

import gc
import sys
from collections.abc import Callable
from threading import get_ident
from time import thread_time
from types import CodeType
from typing import Any, NamedTuple

_TOOL = 4  # of sys.monitoring's six, none of those that debuggers and coverage take
_EVENT = sys.monitoring.events
_COUNTED = (_EVENT.LINE, _EVENT.CALL, _EVENT.JUMP, _EVENT.PY_START, _EVENT.PY_RESUME)
"""JUMP: a turn of a loop that stands in one line."""


GROWN = 8
MOST_IN_C = 20.0
"""What `times_in_c` may be. Linear work is GROWN, and something more where memory gets slower; the
square is GROWN squared."""
_ENOUGH = 0.003
"""Seconds that the smaller size takes at least."""
_LARGEST = 16_000
"""Pieces: what is quicker than _ENOUGH at this size is quick."""
_TRIES = 3


class Row(NamedTuple):
    what: str
    shape: Callable[[int], Any]
    reader: Callable[[Any], object]


class Work(NamedTuple):
    steps: int
    files: frozenset[str]
    """Whose functions ran."""


def measured(work: Callable[[], object]) -> Work:
    """What `work` does.  An error that it raises is part of it; what other threads do meanwhile is
    not, nor what is run because garbage of others is collected."""
    steps = 0
    files: set[str] = set()
    thread = get_ident()

    def step(code: CodeType, *more: object) -> None:
        nonlocal steps
        if get_ident() != thread:
            return
        steps += 1
        if code.co_name != "<module>":
            files.add(code.co_filename)

    monitoring: Any = sys.monitoring
    monitoring.use_tool_id(_TOOL, "growth")
    gc.disable()
    try:
        for event in _COUNTED:
            monitoring.register_callback(_TOOL, event, step)
        monitoring.set_events(_TOOL, sum(_COUNTED))
        try:
            work()
        except Exception as error:
            if isinstance(error, RecursionError | MemoryError):
                raise
        finally:
            monitoring.set_events(_TOOL, 0)
    finally:
        gc.enable()
        monitoring.free_tool_id(_TOOL)
    return Work(steps, frozenset(files))


def times_in_c(shape: Callable[[int], Any], reader: Callable[[Any], object], n: int = 250) -> float:
    """How many times longer `reader` takes for GROWN times as much: the least of some tries.

    GROWN where even the largest is read at once.  n: pieces to begin with, more where the linear
    part of the work would hide the rest.
    """
    while (small := _seconds(reader, shape(n))) < _ENOUGH:
        n *= 2
        if n > _LARGEST:
            return float(GROWN)
    least = float("inf")
    for _ in range(_TRIES):
        least = min(least, _seconds(reader, shape(GROWN * n)) / small)
        if least <= MOST_IN_C:
            break
        small = _seconds(reader, shape(n))
    return least


def _seconds(reader: Callable[[Any], object], given: Any) -> float:
    gc.disable()
    try:
        started = thread_time()
        try:
            reader(given)
        except Exception as error:
            if isinstance(error, RecursionError | MemoryError):
                raise
        return thread_time() - started
    finally:
        gc.enable()
