"""How much work a function does as what it reads grows: steps counted, so that it cannot flake.

A step is a line of Python that is run, a turn of a loop or a call, in whatever module. What a call
does in C (a search, a slice) is one step however long it takes: a loop of such calls over a text
that gets no shorter must be seen by who writes it.
"""

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

_TOOL = 4  # of sys.monitoring's six, none of those that debuggers and coverage take
_EVENT = sys.monitoring.events
_COUNTED = (_EVENT.LINE, _EVENT.CALL, _EVENT.JUMP, _EVENT.PY_START, _EVENT.PY_RESUME)
"""JUMP: a turn of a loop that stands in one line."""


class Work(NamedTuple):
    steps: int
    files: frozenset[str]
    """Whose functions ran."""


def measured(work: Callable[[], object]) -> Work:
    """What `work` does.  An error that it raises is part of it."""
    steps = 0
    files: set[str] = set()

    def step(code: CodeType, *more: object) -> None:
        nonlocal steps
        steps += 1
        if code.co_name != "<module>":
            files.add(code.co_filename)

    monitoring: Any = sys.monitoring
    monitoring.use_tool_id(_TOOL, "growth")
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
        monitoring.free_tool_id(_TOOL)
    return Work(steps, frozenset(files))
