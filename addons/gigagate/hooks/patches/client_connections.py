"""What mitmproxy's handlers of client connections know, and how to end one at once."""

import asyncio
import time
from collections.abc import Iterator

from mitmproxy import ctx
from mitmproxy.connection import Client
from mitmproxy.proxy.server import ConnectionHandler

from gigagate.hooks.patches.safety import connection_handler
from gigagate.hooks.wire.http_layer import GigaHttpLayer


def idle_seconds(client: Client) -> float:
    """Since something last happened on it; 0 while it has a request or an answer under way."""
    handler = connection_handler(client)
    if handler is None or unsent_bytes(handler):
        return 0
    layers = handler.layer.context.layers
    if any(isinstance(layer, GigaHttpLayer) and layer.streams for layer in layers):
        return 0
    return time.time() - handler.timeout_watchdog.last_activity


def cut(client: Client) -> None:
    """Ends the connection at once; what it has not read is thrown away."""
    handler = connection_handler(client)
    if handler is not None and (writer := _writer(handler)) is not None:
        writer.transport.abort()


def with_unsent_bytes() -> Iterator[tuple[Client, int]]:
    """Clients that have not read what they were sent, and how much of it waits in our buffers."""
    handlers: list[ConnectionHandler] = list(
        ctx.master.addons.get("proxyserver").connections.values()
    )
    for handler in handlers:
        if size := unsent_bytes(handler):
            yield handler.client, size


def unsent_bytes(handler: ConnectionHandler) -> int:
    writer = _writer(handler)
    return 0 if writer is None else writer.transport.get_write_buffer_size()


def _writer(handler: ConnectionHandler) -> asyncio.StreamWriter | None:
    transport = handler.transports.get(handler.client)
    writer = transport.writer if transport is not None else None
    return writer if isinstance(writer, asyncio.StreamWriter) else None
