"""The end, gracefully: SIGTERM stops listening and lets running answers finish, for a while.

Ctrl-C, or SIGTERM again, ends at once.  mitmproxy's own SIGTERM cuts every stream.
"""

import asyncio
import logging
import signal

from mitmproxy import ctx
from mitmproxy.log import ALERT
from mitmproxy.utils import asyncio_utils

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.wire import connections
from gigagate.plural import counted

logger = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds running answers are given."""
LOOK = 0.05
"""Seconds between two looks whether all are done."""


class Shutdown:
    name = "gigagate.shutdown"

    def __init__(self, runtime: Runtime, traffic: Traffic) -> None:
        self._runtime = runtime
        self._traffic = traffic
        self.draining: asyncio.Task[None] | None = None

    def running(self) -> None:
        try:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.terminate)
        except NotImplementedError:  # Windows has no SIGTERM to speak of
            logger.debug("SIGTERM ends this proxy at once")

    def terminate(self) -> None:
        if self.draining is not None:
            ctx.master.shutdown()
            return
        self._runtime.ready = False
        connections.close_listeners()
        self.draining = asyncio_utils.create_task(self.drain(), name="drain", keep_ref=True)

    async def drain(self) -> None:
        if busy := self.busy():
            logger.log(
                ALERT, "Ending; %s may finish within %g s", counted(busy, "answer"), PATIENCE
            )
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while self.busy() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(LOOK)
        ctx.master.shutdown()

    def busy(self) -> int:
        """Requests that wait, are answered, or whose answer is not yet out of our buffers."""
        return self._traffic.busy() + len(list(connections.with_unsent_bytes()))
