"""Every place where we change mitmproxy itself, because no public API does it.

Each function says why, and `tests/hooks/patches/test_safety.py` names what it relies on, so
that a new mitmproxy release that moves it fails a test and not a user.
"""

import asyncio
import errno
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakKeyDictionary

from mitmproxy import ctx, http
from mitmproxy.addons import clientplayback, script
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.connection import Client, Connection, Server
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events, layers, mode_specs
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.http import _http1
from mitmproxy.proxy.mode_servers import AsyncioServerInstance
from mitmproxy.proxy.server import ConnectionHandler

from gigagate.core.redact import mask
from gigagate.errors import (
    GigaGateError,
    InternalError,
    InvalidRequest,
    RequestTooLarge,
    UpstreamProtocolError,
)
from gigagate.hooks.answers import raw_error
from gigagate.hooks.wire.http1_client import GigaChatHttp1
from gigagate.hooks.wire.http_layer import GigaHttpLayer


class Refuse(Layer):
    """Forwards nothing; tells a client that speaks HTTP."""

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.DataReceived):
            if self.context.client.transport_protocol == "tcp":
                yield commands.SendData(event.connection, raw_error(InternalError()))
            yield commands.CloseConnection(event.connection)


def answer_errors_in_json() -> None:
    """mitmproxy answers malformed requests in HTML, before any hook sees them."""

    def make_error_response(status_code: int, message: str = "") -> bytes:
        kinds: dict[int, type[GigaGateError]] = {413: RequestTooLarge, 502: UpstreamProtocolError}
        kind = kinds.get(status_code, InvalidRequest)
        return raw_error(kind(mask(message), status=status_code))

    _http1.make_error_response = make_error_response


def read_answers_strictly() -> None:
    """mitmproxy takes a 1xx of GigaChat's for the answer, and reads a head without end."""
    layers.http.Http1Client = GigaChatHttp1  # type: ignore[misc]


def translate_replayed_flows() -> None:
    """mitmproxy's replay builds an HttpLayer of its own and never asks next_layer.

    And it leaves the flow with the client's old connection, whose end may still be to come.
    """

    class ReplayHandler(clientplayback.ReplayHandler):
        def __init__(self, flow: http.HTTPFlow, options: Options) -> None:
            super().__init__(flow, options)
            self.layer.__class__ = GigaHttpLayer
            self.layer.hooks_at_once = False  # type: ignore[attr-defined]
            flow.client_conn = self.client
            _replays[self.client] = self

    if not issubclass(clientplayback.ReplayHandler, ReplayHandler):
        clientplayback.ReplayHandler = ReplayHandler  # type: ignore[misc]


def connection_handler(client: Client) -> ConnectionHandler | None:
    """What carries a client's connection; None once it has ended."""
    handlers = ctx.master.addons.get("proxyserver").connections
    handler: ConnectionHandler | None = handlers.get(client.id)
    return handler or _replays.get(client)


_replays: WeakKeyDictionary[Client, ConnectionHandler] = WeakKeyDictionary()


def clients_with_unsent_bytes() -> int:
    """Connections whose last answer still waits in our buffers."""
    handlers = ctx.master.addons.get("proxyserver").connections.values()
    return sum(map(_has_unsent_bytes, handlers))


def client_does_not_read(client: Client) -> bool:
    """What it was sent still waits in our buffers, behind full ones of the network's."""
    handler = connection_handler(client)
    return handler is not None and _has_unsent_bytes(handler)


def _has_unsent_bytes(handler: ConnectionHandler) -> bool:
    transport = handler.transports.get(handler.client)
    writer = transport.writer if transport is not None else None
    if not isinstance(writer, asyncio.StreamWriter):
        return False
    return writer.transport.get_write_buffer_size() > 0


def refuse_by_default(next_layer: NextLayer) -> None:
    """mitmproxy's own choice of layers forwards what it gets.  We choose them all, so it never
    should be asked; when it is (another protocol, our addon gone), nothing may pass."""

    def refuse(context: Context, data_client: bytes, data_server: bytes) -> Layer:
        return Refuse(context)

    next_layer._next_layer = refuse  # type: ignore[method-assign]


def listen_on_tcp_only(mode: str) -> None:
    """reverse:https:// would listen on UDP too, for QUIC."""
    mode_specs.ProxyMode.parse(mode).transport_protocol = "tcp"  # type: ignore[misc]


def close_cancelled_connections() -> None:
    """mitmproxy closes a connection by cancelling the task that reads from it.  If that task waits
    for its turn at the layers just then, its socket would stay open for ever."""
    handle_connection = ConnectionHandler.handle_connection
    if handle_connection.__module__ == __name__:
        return

    async def closing(self: ConnectionHandler, connection: Connection) -> None:
        try:
            await handle_connection(self, connection)
        finally:
            transport = self.transports.pop(connection, None)
            if transport is not None and transport.writer is not None:
                transport.writer.close()

    ConnectionHandler.handle_connection = closing  # type: ignore[method-assign]


def put_first(addon: object) -> None:
    """Before mitmproxy's own addons.  It stays when ours are unloaded."""
    addons = ctx.master.addons
    if addon not in addons:
        addons.chain.insert(0, addons.register(addon))


def stop_watching(addon: object) -> None:
    """mitmproxy reloads a changed script; a broken edit leaves it forwarding raw requests."""
    for watched in _scripts():
        if addon in getattr(watched.ns, "addons", ()) and watched.reloadtask:
            watched.reloadtask.cancel()


def close_listeners() -> None:
    """At once, without waiting for mitmproxy to shut down."""
    proxyserver = ctx.master.addons.get("proxyserver")
    for instance in proxyserver.servers:
        for server in getattr(instance, "_servers", ()):
            if isinstance(server, asyncio.Server):
                server.close()


def advise_another_port() -> None:
    """mitmproxy's own words advise a --mode that nobody here needs to know.

    It listens before it loads any addon: so this comes before mitmproxy starts.
    """
    start = AsyncioServerInstance._start
    if start.__module__ == __name__:
        return

    async def starting(self: AsyncioServerInstance[Any]) -> None:
        try:
            await start(self)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            host = self.mode.listen_host(ctx.options.listen_host)
            port = self.mode.listen_port(ctx.options.listen_port)
            raise OSError(
                f"{host or '*'}:{port}: address already in use, perhaps by another GigaGate "
                "(./run.sh status tells). Another port: ./run.sh -p 4100, and 4100 in the client."
            ) from error

    AsyncioServerInstance._start = starting  # type: ignore[method-assign]


def share_the_port(shared: int | None) -> None:
    """mitmproxy opens its sockets without SO_REUSEPORT, before it loads any addon: so this comes
    before mitmproxy starts.

    `shared`: the port the others have, whatever mitmproxy is told.  None: this is the first one,
    which tries the port without SO_REUSEPORT, or it would share it with a stranger of its kind.
    """
    start_server = asyncio.start_server

    async def sharing(
        connected: Callable[..., Any], host: str, port: int, **options: Any
    ) -> asyncio.Server:
        if shared is None:
            alone = await start_server(connected, host, port, start_serving=False, **options)
            alone.close()
        return await start_server(connected, host, shared or port, reuse_port=True, **options)

    asyncio.start_server = sharing  # type: ignore[assignment]


def add_to_har(more: Callable[[http.HTTPFlow], dict[str, object]]) -> None:
    """mitmproxy writes the client's side only; a HAR's entries may have fields of our own."""
    savehar = ctx.master.addons.get("savehar")
    entry_of = savehar.flow_entry

    def flow_entry(flow: http.HTTPFlow, servers_seen: set[Server]) -> dict[str, object]:
        return {**entry_of(flow, servers_seen), **more(flow)}

    savehar.flow_entry = flow_entry


def _scripts() -> Iterator[script.Script]:
    yield from ctx.master.addons.get("scriptloader").addons
