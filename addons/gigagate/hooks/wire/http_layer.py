"""The HTTP layer of a client connection: only what `stream.py` made goes out."""

import copy
import logging
from typing import ClassVar, Protocol

from mitmproxy import http
from mitmproxy.connection import Server
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.http import (
    GetHttpConnection,
    HttpEvent,
    HttpLayer,
    HTTPMode,
    HttpStream,
    RequestHeaders,
)

from gigagate.errors import InternalError
from gigagate.hooks.answers import raw_error
from gigagate.hooks.wire.account_connection import GetAccountConnection, belongs_to
from gigagate.hooks.wire.http1_server import LimitedHttp1Server
from gigagate.hooks.wire.masked import masked
from gigagate.hooks.wire.shared import Shared
from gigagate.hooks.wire.stream import UPSTREAM_EVENTS, GigaStream
from gigagate.hooks.wire.whole import WholeRequest
from gigagate.hooks.wire.wire_request import WireRequest

logger = logging.getLogger(__name__)


class WireListener(Protocol):
    def hear(self, flow: http.HTTPFlow, event: HttpEvent, to: Layer | HttpStream) -> None:
        """Every piece of a request or an answer, on its way between client, proxy and GigaChat."""


class GigaHttpLayer(HttpLayer):
    """The HTTP layer of every client connection, and of every replayed flow."""

    shared: ClassVar[Shared]
    """Set once at the start: mitmproxy's replay makes layers without asking us."""
    listener: ClassVar[WireListener | None] = None
    """None if nobody looks."""
    hooks_at_once = False
    """Always false for mitmproxy's replay, which waits for the hooks of its flow."""

    def __init__(self, context: Context, mode: HTTPMode = HTTPMode.transparent) -> None:
        super().__init__(context, mode)

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        try:
            if isinstance(event, events.Start):
                self.limit_client()
                self.name_upstream()
            yield from super()._handle_event(event)
        except Exception:
            logger.exception("The connection is closed by an error of the proxy")
            yield from self.close_all()

    def limit_client(self) -> None:
        """Our server in place of mitmproxy's.  A replayed flow has brought its own."""
        limits = self.shared.runtime.settings.limits
        client = LimitedHttp1Server(self.context.fork(), limits)
        self.connections.setdefault(self.context.client, client)

    def name_upstream(self) -> None:
        """The certificate must be of this name, whatever name the client called us by."""
        upstream = self.shared.runtime.settings.upstream
        if self.context.server.address == upstream.address:
            self.context.server.sni = upstream.host

    def name_account(self, connected: Layer) -> None:
        """A connection to GigaChat is made for an account; who made it has said for which."""
        for connection, waiting in self.waiting_for_establishment.items():
            asked = waiting[0] if waiting else None
            if self.connections.get(connection) is connected and isinstance(
                asked, GetAccountConnection
            ):
                belongs_to(connection, asked.account)

    def make_stream(self, stream_id: int) -> CommandGenerator[None]:
        self.streams[stream_id] = GigaStream(
            _forked(self.context), stream_id, self, self.shared, hooks_at_once=self.hooks_at_once
        )
        yield from self.event_to_child(self.streams[stream_id], events.Start())

    def event_to_child(
        self, child: Layer | HttpStream, event: events.Event
    ) -> CommandGenerator[None]:
        if not isinstance(child, HttpStream):
            if isinstance(event, RequestHeaders | WholeRequest):
                _check_ours(event.request)
            elif isinstance(event, events.Start):
                self.name_account(child)
        if isinstance(child, GigaStream) and isinstance(event, UPSTREAM_EVENTS):
            return self.pass_without_secrets(child, event)
        return self.pass_on(child, event)

    def pass_without_secrets(self, child: GigaStream, event: HttpEvent) -> CommandGenerator[None]:
        for shown in masked(child.hidden, event):
            yield from self.pass_on(child, shown)

    def pass_on(self, child: Layer | HttpStream, event: events.Event) -> CommandGenerator[None]:
        if self.listener is not None and isinstance(event, HttpEvent):
            stream = self.streams.get(event.stream_id)
            if stream is not None and hasattr(stream, "flow"):
                self.listener.hear(stream.flow, event, child)
        return super().event_to_child(child, event)

    def get_connection(
        self, event: GetHttpConnection, *, reuse: bool = True
    ) -> CommandGenerator[None]:
        """mitmproxy would repeat an earlier connect error for as long as the client stays."""
        for connection in list(self.connections):
            failed = isinstance(connection, Server) and connection.error
            if failed and connection not in self.waiting_for_establishment:
                del self.connections[connection]
        return super().get_connection(event, reuse=reuse)

    def close_all(self) -> CommandGenerator[None]:
        server = self.connections.get(self.context.client)
        if getattr(server, "response", None) is None:  # the client has no head of an answer
            yield commands.SendData(self.context.client, raw_error(InternalError()))
        for connection in {self.context.client, *self.connections}:
            yield commands.CloseConnection(connection)


def _forked(context: Context) -> Context:
    """What `context.fork()` gives, without a connection made only to be replaced."""
    twin = copy.copy(context)
    twin.layers = context.layers.copy()
    return twin


def _check_ours(request: http.Request) -> None:
    if not isinstance(request, WireRequest):
        raise InternalError("Not a request of ours.")
