"""Answers that clients do not read wait in memory: all together, up to a bound.

A stream is read from GigaChat only as its client reads.  A whole answer has been read when it is
sent: when more of them wait than `limits.unread_bytes`, connections are cut until the next one
fits, those first whose client has read nothing for longest.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.utils import asyncio_utils

from gigagate.hooks.log_rarely import Rarely
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.wire import connections

logger = logging.getLogger(__name__)

_TICK = 0.5
"""Seconds between two looks at who reads."""

_LARGE = 64 * 1024
"""Bytes of an answer; less than that a socket's own buffers hold."""


class Unread:
    name = "gigagate.unread"

    def __init__(
        self,
        runtime: Runtime,
        waiting: Callable[[], Iterable[tuple[Client, int]]] = connections.with_unsent_bytes,
        cut: Callable[[Client], None] = connections.cut,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.runtime = runtime
        self.waiting = waiting
        self.cut = cut
        self.clock = clock
        self.seen: dict[Client, tuple[int, float]] = {}
        """Client -> bytes that waited for it, and when it last read some of them."""
        self.rarely = Rarely(logger)
        self.serves = False
        self.ticking: asyncio.Task[None] | None = None

    def done(self) -> None:
        if self.ticking is not None:
            self.ticking.cancel()

    async def tick(self) -> None:
        """The look now and then, as long as anybody leaves something unread."""
        while True:
            await asyncio.sleep(_TICK)
            self.look()
            if not self.seen:
                self.ticking = None
                return

    def look(self) -> None:
        now, seen = self.clock(), {}
        for client, size in self.waiting():
            before, read_at = self.seen.get(client, (size, now))
            seen[client] = (size, now if size < before else read_at)
        self.seen = seen

    def response(self, flow: http.HTTPFlow) -> None:
        """A whole answer is about to be sent; or a stream has ended, which is held nowhere."""
        answer = flow.response
        if answer is not None and not answer.stream and answer.raw_content is not None:
            size = len(answer.raw_content)
            if size > _LARGE:
                self.make_room(size)
                self.keep_looking()

    def running(self) -> None:
        self.serves = True

    def keep_looking(self) -> None:
        if self.serves and self.ticking is None:
            self.ticking = asyncio_utils.create_task(
                self.tick(), name="unread answers", keep_ref=True
            )

    def make_room(self, size: int) -> None:
        """Closes clients that do not read until so many bytes more have room."""
        bound = self.runtime.settings.limits.unread_bytes
        self.look()
        total = size + sum(waiting for waiting, _ in self.seen.values())
        for client, (waiting, _) in sorted(
            self.seen.items(), key=lambda one: (one[1][1], -one[1][0])
        ):
            if total <= bound:
                return
            self.rarely.warn(
                "Clients leave more than %d bytes of answers unread (limits.unread_bytes): "
                "connections are cut, those first that have read nothing for longest.",
                bound,
            )
            self.cut(client)
            del self.seen[client]
            total -= waiting
