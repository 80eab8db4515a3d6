"""What mitmproxy knows of its connections and no hook tells, and how to end one at once."""

import asyncio
import time
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from mitmproxy import ctx
from mitmproxy.connection import Client
from mitmproxy.proxy.layers.http import HttpLayer
from mitmproxy.proxy.server import ConnectionHandler

_replays: WeakKeyDictionary[Client, ConnectionHandler] = WeakKeyDictionary()


def remember_replay(client: Client, handler: ConnectionHandler) -> None:
    """A replayed flow has no connection that mitmproxy's server knows."""
    _replays[client] = handler


def connection_handler(client: Client) -> ConnectionHandler | None:
    """What carries a client's connection; None once it has ended."""
    handlers = ctx.master.addons.get("proxyserver").connections
    handler: ConnectionHandler | None = handlers.get(client.id)
    return handler or _replays.get(client)


def idle_seconds(client: Client) -> float:
    """Since something last happened on it; 0 while it has a request or an answer under way."""
    handler = connection_handler(client)
    if handler is None or _unsent_bytes(handler):
        return 0
    layers = handler.layer.context.layers
    if any(isinstance(layer, HttpLayer) and layer.streams for layer in layers):
        return 0
    return time.time() - handler.timeout_watchdog.last_activity


def cut(client: Client) -> None:
    """Ends the connection at once; what it has not read is thrown away."""
    handler = connection_handler(client)
    if handler is not None and (writer := _writer(handler)) is not None:
        writer.transport.abort()


def with_unsent_bytes() -> Iterator[tuple[Client, int]]:
    """Clients that have not read what they were sent, and how much of it waits in our buffers."""
    for handler in list(ctx.master.addons.get("proxyserver").connections.values()):
        if size := _unsent_bytes(handler):
            yield handler.client, size


def client_does_not_read(client: Client) -> bool:
    """What it was sent still waits in our buffers, behind full ones of the network's."""
    handler = connection_handler(client)
    return handler is not None and _unsent_bytes(handler) > 0


def has_gone(client: Client) -> bool:
    """What is written to it reaches nobody."""
    handler = connection_handler(client)
    writer = _writer(handler) if handler is not None else None
    return writer is None or writer.is_closing()


def _unsent_bytes(handler: ConnectionHandler) -> int:
    writer = _writer(handler)
    return 0 if writer is None else writer.transport.get_write_buffer_size()


def _writer(handler: ConnectionHandler) -> asyncio.StreamWriter | None:
    transport = handler.transports.get(handler.client)
    writer = transport.writer if transport is not None else None
    return writer if isinstance(writer, asyncio.StreamWriter) else None


def close_listeners() -> None:
    """At once, without waiting for mitmproxy to shut down."""
    proxyserver = ctx.master.addons.get("proxyserver")
    for instance in proxyserver.servers:
        for server in getattr(instance, "_servers", ()):
            if isinstance(server, asyncio.Server):
                server.close()
