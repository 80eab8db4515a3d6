"""Every place where we change mitmproxy itself, because no public API does it.

Each function says why, and `tests/hooks/patches/test_safety.py` names what it relies on, so
that a new mitmproxy release that moves it fails a test and not a user.
"""

from collections.abc import Callable, Iterator

from mitmproxy import ctx, http
from mitmproxy.addons import clientplayback, script
from mitmproxy.addons.next_layer import NextLayer
from mitmproxy.connection import Connection, ConnectionState, Server
from mitmproxy.options import Options
from mitmproxy.proxy import events, layers, mode_specs
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import Layer
from mitmproxy.proxy.layers.http import _http1, _upstream_proxy
from mitmproxy.proxy.server import ConnectionHandler

from gigagate.core.redact import mask
from gigagate.errors import (
    GigaGateError,
    InvalidRequest,
    RequestTooLarge,
    UpstreamProtocolError,
)
from gigagate.hooks.answers import raw_error
from gigagate.hooks.wire import connections
from gigagate.hooks.wire.http1_client import GigaChatHttp1
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.refuse import Refuse
from gigagate.hooks.wire.through_proxy import ThroughProxy


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


def go_through_our_proxy_layer() -> None:
    """mitmproxy's own shows a proxy's password to every addon, and reads its answer without end."""
    _upstream_proxy.HttpUpstreamProxy = ThroughProxy  # type: ignore[misc]


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
            connections.remember_replay(self.client, self)

    if not issubclass(clientplayback.ReplayHandler, ReplayHandler):
        clientplayback.ReplayHandler = ReplayHandler  # type: ignore[misc]


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
    for its turn at the layers just then, its socket would stay open for ever.  And if a client that
    sends no more goes while its answer is made, the layers are told of GigaChat's connection alone:
    the request would be repeated for nobody."""
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
            if connection is self.client and connection.state is ConnectionState.CAN_WRITE:
                connection.state = ConnectionState.CLOSED
                await self.server_event(events.ConnectionClosed(connection))

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


def add_to_har(more: Callable[[http.HTTPFlow], dict[str, object]]) -> None:
    """mitmproxy writes the client's side only; a HAR's entries may have fields of our own."""
    savehar = ctx.master.addons.get("savehar")
    entry_of = savehar.flow_entry

    def flow_entry(flow: http.HTTPFlow, servers_seen: set[Server]) -> dict[str, object]:
        return {**entry_of(flow, servers_seen), **more(flow)}

    savehar.flow_entry = flow_entry


def _scripts() -> Iterator[script.Script]:
    yield from ctx.master.addons.get("scriptloader").addons
