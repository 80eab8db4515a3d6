"""Chooses the protocol layers of every connection, and lets none be made but to GigaChat."""

import asyncio
import logging

from mitmproxy.connection import Client
from mitmproxy.net.tls import starts_like_tls_record
from mitmproxy.proxy import layer, server_hooks, tunnel
from mitmproxy.proxy.layers import ClientTLSLayer, modes
from mitmproxy.tls import TlsData

from gigagate.hooks.wire import connections
from gigagate.hooks.wire.account_connection import (
    ClientCertificates,
    is_way_to_gigachat,
    proxy_of,
)
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.refuse import Refuse
from gigagate.hooks.wire.shared import Shared
from gigagate.hooks.wire.through_proxy import ThroughProxy

logger = logging.getLogger(__name__)


class Layers:
    name = "gigagate.layers"

    def __init__(self, shared: Shared) -> None:
        self._runtime = shared.runtime
        self._upstream = shared.runtime.settings.upstream
        ThroughProxy.proxy_of = proxy_of
        ca_file = shared.runtime.ca_file
        self._certificates = ClientCertificates(str(ca_file) if ca_file else None)
        GigaHttpLayer.shared = shared

    def next_layer(self, next_layer: layer.NextLayer) -> None:
        if next_layer.layer is not None:
            return
        try:
            next_layer.layer = self.choose(next_layer)
        except Exception:
            logger.exception("No layer for a connection; it is closed")
            next_layer.layer = Refuse(next_layer.context)

    def choose(self, next_layer: layer.NextLayer) -> layer.Layer:
        context = next_layer.context
        first = context.layers and isinstance(context.layers[-1], modes.ReverseProxy)
        if not first or context.client.transport_protocol != "tcp":
            return Refuse(context)
        context.server.tls = self._upstream.tls
        stack = tunnel.LayerStack()
        if starts_like_tls_record(next_layer.data_client()):
            self.bound_hello(context.client)
            stack /= ClientTLSLayer(context)
        stack /= GigaHttpLayer(context)
        return stack[0]

    def tls_start_server(self, tls_start: TlsData) -> None:
        self._certificates.show(tls_start)

    def bound_hello(self, client: Client) -> None:
        """A hello of TLS that is torn is no head of a request yet, and has as long as one."""

        def end() -> None:
            if client.connected and not client.tls_established:
                connections.cut(client)

        seconds = self._runtime.settings.limits.header_seconds
        asyncio.get_running_loop().call_later(seconds, end)

    def server_connect(self, data: server_hooks.ServerConnectionHookData) -> None:
        """The last gate before a socket: an account's GigaChat, or no connection at all."""
        if not is_way_to_gigachat(data.server):
            data.server.error = "GigaGate connects to GigaChat only"
