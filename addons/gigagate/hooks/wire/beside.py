"""Work on a large body goes on beside the event loop, so that no other request waits for it.

A thread shares the interpreter with the loop and gives it up every few milliseconds; what it does
in one call of C (parsing a JSON text, copying a body) it does in one piece.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mitmproxy.proxy import commands
from mitmproxy.proxy.layer import CommandGenerator

from gigagate.threads import in_thread


class Work:
    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.outcome: Any = None
        self.error: Exception | None = None


@dataclass
class BesideHook(commands.StartHook):
    name = "gigagate_beside"
    work: Work


class Beside:
    """The addon that does it."""

    name = "gigagate.beside"

    async def gigagate_beside(self, work: Work) -> None:
        try:
            work.outcome = await in_thread(work.work, "large body")
        except Exception as error:
            work.error = error


def beside[T](work: Callable[[], T]) -> CommandGenerator[T]:
    """Raises what `work` raises."""
    doing = Work(work)
    yield BesideHook(doing)
    if doing.error is not None:
        raise doing.error
    outcome: T = doing.outcome
    return outcome
