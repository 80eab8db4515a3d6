"""The client's side of one request: it always gets an answer, and every answer is in its form.

An answer may be whole, or a stream; a stream may begin before GigaChat has answered, when the
client has waited long enough to need a sign of life.
"""

import contextlib
import logging
import time

from mitmproxy import http
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import (
    DropStream,
    HttpLayer,
    HttpResponseHeadersHook,
    HttpResponseHook,
    HttpStream,
    ResponseData,
    ResponseHeaders,
    SendHttp,
)

from gigagate import routes
from gigagate.core import large_body
from gigagate.errors import GigaGateError, InternalError, MethodNotAllowed
from gigagate.exchange import Answer, UpstreamRequest
from gigagate.hooks.answers import error_response, response
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.hooks.wire import beside, live
from gigagate.hooks.wire.hooks_at_once import called_at_once
from gigagate.hooks.wire.refuse import nothing
from gigagate.hooks.wire.shared import Shared
from gigagate.hooks.wire.whole import WholeAnswer

logger = logging.getLogger(__name__)


class ClientStream(HttpStream):
    call: UpstreamCall | None = None
    """None for what is answered by the proxy itself."""
    answering = False
    """The client has got the head of its answer."""
    crashed = False

    def __init__(
        self,
        context: Context,
        stream_id: int,
        layer: HttpLayer,
        shared: Shared,
        *,
        hooks_at_once: bool,
    ) -> None:
        super().__init__(context, stream_id)
        self.layer = layer
        self.shared = shared
        self.hooks_at_once = hooks_at_once
        self.last_sign = time.monotonic()
        """When the client last got something, or began to wait."""
        self.streamed: bytearray | None = None
        """What it got, where flows keep it.  GigaChat's answer is collected elsewhere: after a sign
        of life it may still come whole."""

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        try:
            handling = self.handle(event)
            yield from called_at_once(handling) if self.hooks_at_once else handling
        except Exception:
            if self.crashed:
                raise
            self.crashed = True
            logger.exception("The request is ended by an error of the proxy")
            yield from self.end_in_error(InternalError())
        if self.stream_id not in self.layer.streams:
            self.let_go()

    def let_go(self) -> None:
        """The request has ended.  Its bodies are freed now: a stream refers to itself in many ways,
        and the garbage collector comes late for that."""
        if hasattr(self, "flow"):
            self.shared.traffic.calls.pop(self.flow, None)
        self.call = None
        self.client_state = self.server_state = nothing
        with contextlib.suppress(ValueError):
            self.context.layers.remove(self)

    def open_call(self) -> UpstreamCall:
        if self.call is None:
            raise InternalError
        return self.call

    def translated(self) -> UpstreamRequest | Answer:
        """Raises GigaGateError."""
        self.call = call = self.shared.calls.open(self.flow)
        return call.exchange.upstream_request()

    def translated_beside(self) -> CommandGenerator[UpstreamRequest | Answer]:
        """In a thread where it takes long.  Raises GigaGateError."""
        calls, request = self.shared.calls, self.flow.request
        content, coding = request.data.content or b"", request.headers.get("content-encoding")
        if not (large_body.takes_long(content, coding) or routes.loads_first(request.path)):
            return self.translated()
        body = None
        if coding is not None:
            body = yield from beside.beside(lambda: calls.unpacked(request))
        self.call = calls.open(self.flow, body)
        return (yield from beside.beside(self.call.exchange.upstream_request))

    def told(
        self, call: UpstreamCall, head: http.Response, body: bytes
    ) -> CommandGenerator[Answer]:
        """GigaChat's whole answer as the client gets it; in a thread where that takes long."""

        def tell() -> Answer:
            return call.exchange.answer(head.status_code, head.headers, body)

        return (yield from beside.beside(tell)) if large_body.takes_long(body, None) else tell()

    def handle(self, event: events.Event) -> CommandGenerator[None]:
        commands: CommandGenerator[None] = super()._handle_event(event)
        return commands

    def leave_upstream(self) -> CommandGenerator[None]:
        """Nobody wants to hear more of GigaChat's answer."""
        raise NotImplementedError

    # What mitmproxy would do with a request that we do not want done ---------------------------

    def start_request_stream(self) -> CommandGenerator[None]:
        """Asked for by options such as stream_large_bodies.  What is translated must be whole."""
        self.flow.request.stream = False
        self.client_state = self.state_consume_request_body
        yield from ()

    def handle_connect(self) -> CommandGenerator[None]:
        self.client_state = self.state_done
        yield from self.end_in_error(MethodNotAllowed("This proxy does not take CONNECT."))

    # A whole answer ---------------------------------------------------------------------------

    def answer_whole(self, whole: Answer) -> CommandGenerator[None]:
        yield from self.answer(response(whole.status, whole.headers, whole.body, self.flow.request))

    def answer(self, answer: http.Response) -> CommandGenerator[None]:
        self.flow.response = answer
        answer.timestamp_start = time.time()
        yield HttpResponseHeadersHook(self.flow)
        if (yield from self.check_killed(True)):
            return
        if (pieces := live.pieces_of(answer)) is not None:
            self.answering = True
            yield from self.send_pieces(answer, pieces)
        else:
            yield from self.send_response()

    def send_response(self, already_streamed: bool = False) -> CommandGenerator[None]:
        """mitmproxy's, but at once where request and answer are whole."""
        if already_streamed or self.client_state != self.state_done:
            self.answering = True
            yield from super().send_response(already_streamed)
            return
        assert self.flow.response is not None
        self.flow.response.timestamp_end = time.time()
        yield HttpResponseHook(self.flow)
        self.server_state = self.state_done
        if not (yield from self.check_killed(False)):
            self.flow.live = False
            yield DropStream(self.stream_id)
            answer = self.flow.response
            whole = WholeAnswer(self.stream_id, answer, body=answer.raw_content or b"")
            self.answering = True
            yield SendHttp(whole, self.context.client)

    def send_pieces(self, answer: http.Response, pieces: live.Pieces) -> CommandGenerator[None]:
        """The head, then the pieces as they come; none is kept."""
        client = pieces.client = self.context.client
        yield SendHttp(ResponseHeaders(self.stream_id, answer, end_stream=False), client)
        while not pieces.ended:
            yield live.LiveHook(pieces)
            if (yield from self.check_killed(True)):
                live.leave(pieces)
                return
            if pieces.latest:
                yield SendHttp(ResponseData(self.stream_id, pieces.latest), client)
        yield from self.send_response(already_streamed=True)

    def end_in_error(self, error: GigaGateError) -> CommandGenerator[None]:
        """The client learns of it in whatever form is still possible, and nothing more follows."""
        yield from self.leave_upstream()
        if not self.answering:
            self.client_state = self.state_done
            if self.call is None:
                yield from self.answer(error_response(error, self.flow.request))
            else:
                yield from self.answer_whole(self.call.exchange.fail(error))
        elif self.server_state not in (self.state_done, self.state_errored):
            last = [] if self.call is None else self.call.exchange.fail_stream(error)
            yield from self.end_stream(last)

    # A stream ---------------------------------------------------------------------------------

    def begin_stream(self, call: UpstreamCall) -> CommandGenerator[None]:
        """The client gets the head.  Afterwards `answering` is false if it has left."""
        self.streamed = bytearray() if self.keeps_stream() else None
        head = response(200, call.exchange.stream_headers(), b"")
        answer = live.unbounded(head, self.flow.request)
        answer.timestamp_start, answer.timestamp_end = time.time(), None
        self.flow.response = answer
        yield HttpResponseHeadersHook(self.flow)
        if (yield from self.check_killed(True)):
            return
        self.answering = True
        yield SendHttp(
            ResponseHeaders(self.stream_id, answer, end_stream=False), self.context.client
        )

    def show_life(self) -> CommandGenerator[None]:
        """An event of the dialect that says nothing, if the client has waited long for a sign."""
        period = self.shared.runtime.settings.keep_alive_seconds
        now = time.monotonic()
        if self.call is None or not self.call.exchange.wants_stream or not period:
            return
        if now - self.last_sign < period:
            return
        self.last_sign = now
        if not self.answering:
            yield from self.begin_stream(self.call)
        if self.answering and (life := self.call.exchange.sign_of_life()):
            yield from self.send_data([life])

    def end_stream(self, last: list[bytes]) -> CommandGenerator[None]:
        """The client gets a clean end of its answer, whether or not GigaChat's has ended."""
        yield from self.send_data(last)
        assert self.flow.response is not None
        if self.streamed is not None:
            self.flow.response.data.content = bytes(self.streamed)
        yield from self.send_response(already_streamed=True)

    def keeps_stream(self) -> bool:
        kept: bool = self.context.options.store_streamed_bodies
        return kept or self.shared.runtime.settings.log.prompts

    def send_data(self, chunks: list[bytes]) -> CommandGenerator[None]:
        for chunk in chunks:
            if self.streamed is not None:
                self.streamed += chunk
            yield SendHttp(ResponseData(self.stream_id, chunk), self.context.client)
