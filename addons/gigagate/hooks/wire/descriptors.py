"""File descriptors: as many as the system gives, and what becomes of clients when they are used up.

A process with none left cannot even accept a connection to say so: a few are held back, and let go
for those who ask for /health.
"""

import asyncio
import contextlib
import errno
import logging
import os
import sys
import time
from asyncio import constants
from collections.abc import Callable
from typing import Any

from mitmproxy.utils import asyncio_utils

from gigagate.hooks.log_rarely import Rarely

if sys.platform != "win32":
    import resource

logger = logging.getLogger(__name__)

ENOUGH = 65536
"""More than that nobody needs, and some systems take no larger number."""

SPARE = 64
"""Descriptors for the log, stores, names, files of requests, and connections in reserve."""

OF_A_CONNECTION = 2
"""The client's, and the one to GigaChat."""

_HELD = 8
_TICK = 1.0
_RETRY = 0.1
"""Seconds until asyncio accepts again."""

_USED_UP = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))

type _Handler = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]


def raise_limit() -> None:
    """Raises the limit as far as this process may: the usual 256 or 1024 is for programs of old."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def most_connections() -> int:
    """The number of clients that may be connected at once."""
    return max((_limit() - SPARE) // OF_A_CONNECTION, 1)


class Descriptors:
    name = "gigagate.descriptors"

    def __init__(self) -> None:
        self.make_room: Callable[[], None] = _nothing
        """Ends connections that can be spared."""
        self.scarce = False
        """They were used up a moment ago."""
        self.held: list[int] = []
        self.again = 0.0
        self.rarely = Rarely(logger)
        self.loop: asyncio.AbstractEventLoop | None = None
        """None before the proxy serves."""
        self.ticking: asyncio.Task[None] | None = None

    def running(self) -> None:
        self.loop = loop = asyncio.get_running_loop()
        loop.set_exception_handler(self.quietly(loop.get_exception_handler()))
        constants.ACCEPT_RETRY_DELAY = _RETRY  # type: ignore[assignment, misc]
        self.hold()

    def done(self) -> None:
        if self.ticking is not None:
            self.ticking.cancel()
        self.let_go()

    def quietly(self, handler: _Handler | None) -> _Handler:
        """asyncio tells of each accept that fails, hundreds in a second, with a traceback."""

        def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception")
            if isinstance(error, OSError) and error.errno in _USED_UP and "socket" in context:
                self.used_up(error)
            elif isinstance(error, ValueError) and "_start_serving" in context.get("message", ""):
                pass  # a hundred tries were due, and the listener has been closed since
            elif handler is not None:
                handler(loop, context)
            else:
                loop.default_exception_handler(context)

        return handle

    def used_up(self, error: OSError) -> None:
        self.rarely.warn(
            "No connection can be accepted: %s. Until that ends, /health and the status page are "
            "served alone. See docs/operations.md, `ulimit -n`.",
            error.strerror,
        )
        now = time.monotonic()
        if now >= self.again:  # a hundred accepts fail in a row
            self.again = now + _RETRY / 2
            self.scarce = True
            self.let_go()
            self.make_room()
            self.keep_trying()

    def keep_trying(self) -> None:
        if self.loop is not None and self.ticking is None:
            self.ticking = asyncio_utils.create_task(self.tick(), name="descriptors", keep_ref=True)

    async def tick(self) -> None:
        """Until there are some again."""
        while self.scarce:
            await asyncio.sleep(_TICK)
            self.hold()
            self.scarce = len(self.held) < _HELD
            if self.scarce:
                self.let_go()
                self.make_room()
        self.ticking = None

    def hold(self) -> None:
        with contextlib.suppress(OSError):
            while len(self.held) < _HELD:
                self.held.append(os.open(os.devnull, os.O_RDONLY))

    def let_go(self) -> None:
        while self.held:
            os.close(self.held.pop())


def _nothing() -> None:
    pass


def _limit() -> int:
    if sys.platform == "win32":
        return ENOUGH
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return ENOUGH if soft == resource.RLIM_INFINITY else soft
