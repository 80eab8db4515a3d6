"""Deadlines of requests under way: all are checked twice a second, so that none needs a timer.

A stream that is overdue is woken, and decides itself what to do.  A connection that is not made in
time is given up.
"""

import asyncio
import logging
import time

from mitmproxy import tls
from mitmproxy.connection import Connection, Server
from mitmproxy.proxy import server, server_hooks
from mitmproxy.utils import asyncio_utils

from gigagate.hooks.calls.traffic import OnTheWire, Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.wire import connections
from gigagate.hooks.wire.through_proxy import Tunnel, innermost, outermost

logger = logging.getLogger(__name__)

TICK = 0.5
"""Seconds between two checks."""


class DeadlineWatch:
    name = "gigagate.deadlines"

    def __init__(self, runtime: Runtime, traffic: Traffic) -> None:
        self._runtime = runtime
        self._traffic = traffic
        self.connecting: dict[Connection, asyncio.TimerHandle] = {}
        self.ticking: asyncio.Task[None] | None = None

    def running(self) -> None:
        self.ticking = asyncio_utils.create_task(self.tick(), name="deadlines", keep_ref=True)

    def done(self) -> None:
        if self.ticking is not None:
            self.ticking.cancel()

    async def tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await self.look(time.monotonic())

    async def look(self, now: float) -> None:
        """At every stream once; none of them is held while nobody looks."""
        for stream in list(self._traffic.on_the_wire):
            if connections.client_does_not_read(stream.context.client):
                stream.client_sleeps(now)
            if not stream.overdue(now):
                continue
            try:
                await self.wake(stream)
            except Exception:
                logger.exception("A stream could not be woken")

    async def wake(self, stream: OnTheWire) -> None:
        handler = connections.connection_handler(stream.context.client)
        if handler is None:
            self._traffic.on_the_wire.discard(stream)
            return
        await handler.server_event(stream.wakeup())

    # Connecting -------------------------------------------------------------------------------

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        handler = connections.connection_handler(data.client)
        if handler is None or data.server.error:
            return
        seconds = self._runtime.settings.deadlines.connect
        loop = asyncio.get_running_loop()
        self.connecting[data.server] = loop.call_later(seconds, self.give_up, handler, data.server)
        self._traffic.connecting[data.server] = time.monotonic()

    def server_connected(self, data: server_hooks.ServerConnectionHookData) -> None:
        if not data.server.tls and innermost(data.server) is data.server:
            self.settled(data.server)

    def gigagate_tunnel(self, tunnel: Tunnel) -> None:
        if not tunnel.inner.tls:
            self.settled(tunnel.outer)

    def tls_established_server(self, data: tls.TlsData) -> None:
        self.settled(outermost(data.conn))

    def server_connect_error(self, data: server_hooks.ServerConnectionHookData) -> None:
        self.settled(data.server)

    def server_disconnected(self, data: server_hooks.ServerConnectionHookData) -> None:
        self.settled(data.server)

    def settled(self, connection: Connection) -> None:
        self._traffic.connecting.pop(connection, None)
        if (timer := self.connecting.pop(connection, None)) is not None:
            timer.cancel()

    def give_up(self, handler: server.ConnectionHandler, connection: Server) -> None:
        self.connecting.pop(connection, None)
        self._traffic.connecting.pop(connection, None)
        transport = handler.transports.get(connection)
        if transport is not None and transport.handler is not None:
            transport.handler.cancel("no connection in time (deadlines.connect)")
