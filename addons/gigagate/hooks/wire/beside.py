"""Work on a large body goes on beside the event loop, so that no other request waits for it.

A thread shares the interpreter with the loop and gives it up every few milliseconds; what it does
in one call of C (parsing a JSON text, copying a body) it does in one piece.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mitmproxy.proxy import commands
from mitmproxy.proxy.layer import CommandGenerator

from gigagate.core.sample import sample
from gigagate.threads import in_thread

SMALL = 64 * 1024
"""Bytes of a body: less is never worth a thread, packed or not."""
LARGE = 1024 * 1024
"""Bytes of one that is not packed."""
MANY = 8000
"""Names in JSON, or what weighs as much: 60 ms at worst, three in an agent's request."""


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


def takes_long(body: bytes, coding: str | None) -> bool:
    """What is packed may be a thousand times as large."""
    if len(body) <= SMALL:
        return False
    return coding is not None or len(body) > LARGE or _has_many_parts(body)


def _has_many_parts(body: bytes) -> bool:
    part, stride = sample(body)
    return _parts(part) * stride > MANY * 3 / 4 and _parts(body) > MANY


def _parts(body: bytes) -> int:
    """Those of its texts count too."""
    return body.count(b":") + body.count(b",") // 10
