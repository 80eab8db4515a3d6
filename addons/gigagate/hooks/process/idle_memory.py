"""What a burst of large requests leaves behind is given back when the proxy has nothing to do.

The bodies are freed by then, but glibc keeps their pages for the next ones; a proxy that idles for
most of the day need not.  Other C libraries have no such call, and are left alone.
"""

import asyncio
import ctypes
from collections.abc import Callable

from mitmproxy import http
from mitmproxy.utils import asyncio_utils

from gigagate.hooks.calls.traffic import Traffic

LOOK = 5.0
"""Seconds between two looks whether the proxy is idle."""


class IdleMemory:
    name = "gigagate.idle_memory"

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self.give_back = _malloc_trim()
        self.used = False
        """There was a request since the last time."""
        self.looking: asyncio.Task[None] | None = None

    def running(self) -> None:
        if self.give_back is not None:
            look = self.look(self.give_back)
            self.looking = asyncio_utils.create_task(look, name="idle memory", keep_ref=True)

    def done(self) -> None:
        if self.looking is not None:
            self.looking.cancel()

    def request(self, flow: http.HTTPFlow) -> None:
        self.used = True

    async def look(self, give_back: Callable[[int], int]) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if self.used and not self._traffic.busy():
                self.used = False
                give_back(0)


def _malloc_trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return None
    return trim
