"""What a burst of large requests leaves behind is given back when the proxy has nothing to do.

The bodies are freed by then, but glibc keeps their pages for the next ones; a proxy that idles for
most of the day need not.  While it is busy they are kept: by itself glibc gives pages back and gets
them again several times in each large request, which was half of the time for one of 10 MB.  Other
C libraries have no such calls, and are left alone.
"""

import asyncio
import ctypes
from collections.abc import Callable

from mitmproxy import http
from mitmproxy.utils import asyncio_utils

from gigagate.hooks.calls.traffic import Traffic

LOOK = 5.0
"""Seconds between two looks whether the proxy is idle."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""What glibc calls the options of mallopt."""
_KEPT = 128 * 1024 * 1024
"""Bytes of freed memory that may wait for the next requests."""
_MOST = 32 * 1024 * 1024
"""Bytes of what is freed and used again like all else; glibc takes no more."""


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
            keep_pages()
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


def keep_pages() -> bool:
    """Whether glibc does so from now on, until it is asked to give them back."""
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(_MMAP_THRESHOLD, _MOST) and mallopt(_TRIM_THRESHOLD, _KEPT))


def _malloc_trim() -> Callable[[int], int] | None:
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return None
    return trim
