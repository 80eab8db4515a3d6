"""What hooks cannot do: GigaChat's side of the conversation, put on the wire.

mitmproxy's HttpStream sends `flow.request` upstream and `flow.response` to the client.  Ours keeps
both as the client's side and sends a translated, signed request of its own; the token exists on the
wire and nowhere else.  It repeats a request whose token was refused before the client has seen
anything, answers JSON where mitmproxy answers HTML, and fails closed: an unforeseen error ends the
request with a 500 and nothing goes upstream.
"""

import logging
import time
from typing import cast

from mitmproxy import http
from mitmproxy.net import encoding
from mitmproxy.proxy import events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import (
    ErrorCode,
    GetHttpConnection,
    HttpRequestHook,
    HttpResponseHeadersHook,
    HttpStream,
    RequestData,
    RequestEndOfMessage,
    RequestHeaders,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
    ResponseTrailers,
    SendHttp,
)

from gigagate.core.redact import mask
from gigagate.errors import (
    GigaGateError,
    InternalError,
    MethodNotAllowed,
    UpstreamError,
    UpstreamProtocolError,
    UpstreamUnavailable,
)
from gigagate.exchange import Answer
from gigagate.hooks.answers import error_response, response
from gigagate.hooks.gateway import AccessTokenHook, Gateway, UpstreamCall

logger = logging.getLogger(__name__)

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A whole answer is held in memory; GigaChat's are a few kilobytes, embeddings a few megabytes."""

UPSTREAM_EVENTS = (
    ResponseHeaders,
    ResponseData,
    ResponseTrailers,
    ResponseEndOfMessage,
    ResponseProtocolError,
)


class WireRequest(http.Request):
    """A request made by us for GigaChat.  The layer lets no other kind out."""


class GigaStream(HttpStream):
    """One request of a client and its answer."""

    call: UpstreamCall | None = None
    upstream_head: http.Response
    sent_upstream = False
    """Something of this stream is under way on the upstream connection."""
    answering = False
    """The client has got the head of its answer."""
    crashed = False

    def __init__(self, context: Context, stream_id: int, gateway: Gateway) -> None:
        super().__init__(context, stream_id)
        self.gateway = gateway

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, UPSTREAM_EVENTS) and not self.sent_upstream:
            return  # the rest of an answer we have left
        try:
            yield from super()._handle_event(event)
        except Exception:
            if self.crashed:
                raise
            self.crashed = True
            logger.exception("The request is ended by an error of the proxy")
            yield from self.end_in_error(InternalError())

    # The client's request ---------------------------------------------------------------------

    def start_request_stream(self) -> CommandGenerator[None]:
        """Asked for by options such as stream_large_bodies.  What is translated must be whole."""
        self.flow.request.stream = False
        self.client_state = self.state_consume_request_body
        yield from ()

    def handle_connect(self) -> CommandGenerator[None]:
        self.client_state = self.state_done
        yield from self.answer_error(MethodNotAllowed("This proxy does not take CONNECT."))

    def state_consume_request_body(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, RequestEndOfMessage):
            yield from self.request_is_complete()
        else:
            yield from super().state_consume_request_body(event)

    def request_is_complete(self) -> CommandGenerator[None]:
        request = self.flow.request
        request.timestamp_end = time.time()
        request.data.content = bytes(self.request_body_buf)
        self.request_body_buf.clear()
        self.client_state = self.state_done
        yield HttpRequestHook(self.flow)
        if (yield from self.check_killed(True)):
            return
        if self.flow.response is not None:
            yield from self.answer(self.flow.response)
            return
        try:
            self.call = self.gateway.prepare(self.flow)
        except GigaGateError as error:
            yield from self.answer_error(error)
            return
        if self.call.token is None:
            yield AccessTokenHook(self.call)
            if (yield from self.check_killed(True)):
                return
        yield from self.send_upstream(self.call)

    # GigaChat's side --------------------------------------------------------------------------

    def send_upstream(self, call: UpstreamCall) -> CommandGenerator[None]:
        if call.error is not None:
            yield from self.answer_error(call.error)
            return
        upstream = self.gateway.runtime.upstream
        connection, error = yield GetHttpConnection(upstream.address, upstream.tls, None)
        if (yield from self.check_killed(True)):
            return
        if error:
            yield from self.answer_error(_cannot_connect(upstream.host_header, error))
            return
        self.context.server = self.flow.server_conn = connection
        request = self.wire_request(call)
        self.server_state = self.state_wait_for_response_headers
        self.sent_upstream = True
        body = call.request.body
        yield SendHttp(RequestHeaders(self.stream_id, request, not body), connection)
        if body:
            yield SendHttp(RequestData(self.stream_id, body), connection)
        yield SendHttp(RequestEndOfMessage(self.stream_id), connection)

    def wire_request(self, call: UpstreamCall) -> WireRequest:
        upstream = self.gateway.runtime.upstream
        headers = http.Headers(
            [(k.encode(), v.encode()) for k, v in self.gateway.wire_headers(call).items()]
        )
        return WireRequest(
            host=upstream.host,
            port=upstream.port,
            method=call.request.method.encode(),
            scheme=upstream.scheme.encode(),
            authority=b"",
            path=(upstream.path + call.request.path).encode(),
            http_version=b"HTTP/1.1",
            headers=headers,
            content=None,
            trailers=None,
            timestamp_start=time.time(),
            timestamp_end=None,
        )

    def state_wait_for_response_headers(self, event: events.Event) -> CommandGenerator[None]:
        assert isinstance(event, ResponseHeaders) and self.call is not None
        self.upstream_head = head = event.response
        content_type = head.headers.get("content-type", "")
        plain = head.headers.get("content-encoding", "identity") == "identity"
        if plain and self.call.exchange.begins_stream(head.status_code, content_type):
            yield from self.begin_stream(self.call)
        else:
            self.server_state = self.state_collect_answer

    def state_collect_answer(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, ResponseData):
            self.response_body_buf += event.data
            if len(self.response_body_buf) > MAX_ANSWER_BYTES:
                yield from self.end_in_error(
                    UpstreamProtocolError("GigaChat's answer is larger than 64 MB.")
                )
        elif isinstance(event, ResponseEndOfMessage):
            body = bytes(self.response_body_buf)
            self.response_body_buf.clear()
            self.sent_upstream = False
            yield from self.upstream_has_answered(body)

    def upstream_has_answered(self, body: bytes) -> CommandGenerator[None]:
        assert self.call is not None
        head = self.upstream_head
        if head.status_code == 401 and self.call.refused is None:
            self.call.refused, self.call.token = self.call.token, None
            yield AccessTokenHook(self.call)
            if not (yield from self.check_killed(True)):
                yield from self.send_upstream(self.call)
            return
        if (coding := head.headers.get("content-encoding")) is not None:
            try:
                body = cast(bytes, encoding.decode(body, coding))
            except ValueError:
                body = b""
        whole = self.call.exchange.answer(head.status_code, dict(head.headers), body)
        self.log_crash(self.call)
        yield from self.answer_whole(whole)

    # The client's answer ----------------------------------------------------------------------

    def answer_error(self, error: GigaGateError) -> CommandGenerator[None]:
        if self.call is not None:
            yield from self.answer_whole(self.call.exchange.fail(error))
        else:
            yield from self.answer(error_response(error, self.flow.request))

    def answer_whole(self, whole: Answer) -> CommandGenerator[None]:
        yield from self.answer(response(whole.status, whole.headers, whole.body, self.flow.request))

    def answer(self, answer: http.Response) -> CommandGenerator[None]:
        self.flow.response = answer
        answer.timestamp_start = time.time()
        yield HttpResponseHeadersHook(self.flow)
        if not (yield from self.check_killed(True)):
            self.answering = True
            yield from self.send_response()

    def begin_stream(self, call: UpstreamCall) -> CommandGenerator[None]:
        answer = response(200, call.exchange.stream_headers(), b"")
        del answer.headers["content-length"]
        if self.flow.request.is_http10:
            answer.headers["connection"] = "close"
        else:
            answer.headers["transfer-encoding"] = "chunked"
        answer.data.content = None
        answer.stream = call.exchange.feed
        answer.timestamp_start, answer.timestamp_end = time.time(), None
        self.flow.response = answer
        yield HttpResponseHeadersHook(self.flow)
        if (yield from self.check_killed(True)):
            return
        self.answering = True
        yield SendHttp(
            ResponseHeaders(self.stream_id, answer, end_stream=False), self.context.client
        )
        self.server_state = self.state_stream_answer

    def state_stream_answer(self, event: events.Event) -> CommandGenerator[None]:
        assert self.call is not None
        if isinstance(event, ResponseEndOfMessage):
            self.sent_upstream = False
        yield from self.state_stream_response_body(event)
        if self.call.exchange.abandons_upstream and self.sent_upstream:
            yield from self.finish_stream([])
        self.log_crash(self.call)

    def finish_stream(self, last: list[bytes]) -> CommandGenerator[None]:
        """The client gets a clean end of its answer although GigaChat's has not ended."""
        yield from self.leave_upstream()
        for chunk in last:
            if self.context.options.store_streamed_bodies:
                self.response_body_buf += chunk
            yield SendHttp(ResponseData(self.stream_id, chunk), self.context.client)
        assert self.flow.response is not None
        if self.context.options.store_streamed_bodies:
            self.flow.response.data.content = bytes(self.response_body_buf)
        yield from self.send_response(already_streamed=True)

    # Trouble ----------------------------------------------------------------------------------

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> CommandGenerator[None]:
        if isinstance(event, RequestProtocolError):
            yield from super().handle_protocol_error(event)
            return
        self.sent_upstream = False
        logger.warning("GigaChat's answer broke off: %s", mask(event.message))
        yield from self.end_in_error(
            UpstreamProtocolError("The connection to GigaChat broke off. Send the request again.")
        )

    def end_in_error(self, error: GigaGateError) -> CommandGenerator[None]:
        """The client learns of it in whatever form is still possible, and nothing more follows."""
        if not self.answering:
            yield from self.leave_upstream()
            self.client_state = self.state_done
            yield from self.answer_error(error)
        elif self.server_state not in (self.state_done, self.state_errored):
            last = self.call.exchange.fail_stream(error) if self.call is not None else []
            yield from self.finish_stream(last)

    def leave_upstream(self) -> CommandGenerator[None]:
        """Close the upstream connection: what is still to come on it concerns nobody."""
        if self.sent_upstream:
            self.sent_upstream = False
            yield SendHttp(
                RequestProtocolError(self.stream_id, "cancelled", ErrorCode.CANCEL),
                self.context.server,
            )

    def log_crash(self, call: UpstreamCall) -> None:
        if (crash := call.exchange.crash) is not None:
            call.exchange.crash = None
            logger.error("Translation failed", exc_info=crash)


def _cannot_connect(host: str, error: str) -> UpstreamError:
    if "verify failed" in error.lower():
        return UpstreamUnavailable(
            f"The TLS certificate of {host} is not trusted ({mask(error)}). "
            "Start with GIGACHAT_CA_BUNDLE_FILE set to the authority that signed it."
        )
    return UpstreamUnavailable(f"GigaChat at {host} cannot be reached: {mask(error)}.")
