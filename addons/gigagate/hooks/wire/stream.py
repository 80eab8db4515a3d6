"""What hooks cannot do: GigaChat's side of the conversation, put on the wire.

mitmproxy's HttpStream sends `flow.request` upstream and `flow.response` to the client.  Ours keeps
both as the client's side and sends a translated, signed request of its own; the token exists on the
wire and nowhere else.  An unforeseen error ends the request with a 500, and nothing goes upstream.

server_state                what moves it on
(as mitmproxy made it)      `attempt`, once the call is ready: a token, a slot, its files (`wait`)
wait_for_response_headers   GigaChat's head: of a stream that the client wants, or of anything else
stream_answer               each piece is told; with GigaChat's end or the exchange's it is done
collect_answer              the whole body: it is told, or `attempt` again (401, retry, following)
done, errored               nothing: the client has its end

sent_upstream               something of this request is under way on GigaChat's connection
answering                   the client has the head of its answer: an error is an event from now on
got_data                    the client has words of GigaChat's: no attempt is repeated from now on
"""

import logging
import time
from collections import deque

from mitmproxy import http
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import (
    ErrorCode,
    HttpRequestHook,
    RequestEndOfMessage,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
    ResponseTrailers,
    SendHttp,
)

from gigagate import routes
from gigagate.core import content_coding, large_body
from gigagate.core.hidden import Hidden
from gigagate.core.redact import mask
from gigagate.errors import (
    TRY_AGAIN,
    GigaGateError,
    InternalError,
    UpstreamProtocolError,
    UpstreamTimeout,
)
from gigagate.hooks.calls import files, outages
from gigagate.hooks.calls.call import A_MOMENT, UpstreamCall
from gigagate.hooks.calls.shelves import PutAwayHook
from gigagate.hooks.calls.waiting import WaitHook
from gigagate.hooks.log_rarely import Rarely
from gigagate.hooks.wire.account_connection import GetAccountConnection
from gigagate.hooks.wire.client_side import ClientStream
from gigagate.hooks.wire.connecting import cannot_connect
from gigagate.hooks.wire.refuse import Ignore, nothing
from gigagate.hooks.wire.through_proxy import outermost
from gigagate.hooks.wire.whole import WholeRequest
from gigagate.hooks.wire.wire_request import WireRequest, written

logger = logging.getLogger(__name__)
again = Rarely(logger)
"""The line of a request says how often it was repeated."""

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""A whole answer is held in memory; GigaChat's are a few kilobytes, embeddings a few megabytes."""

LAST_BYTE = 1.0
"""Seconds after a stream's last event in which GigaChat may end the body; then it is left."""

UPSTREAM_EVENTS = (
    ResponseHeaders,
    ResponseData,
    ResponseTrailers,
    ResponseEndOfMessage,
    ResponseProtocolError,
)


class GigaStream(ClientStream):
    """One request of a client and its answer."""

    upstream_head: http.Response
    hidden = Hidden(())
    """What GigaChat must not repeat to anybody."""
    sent_upstream = False
    """Something of this stream is under way on the upstream connection."""
    got_data = False
    """The client has data of GigaChat's answer: there is no way back."""

    def handle(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, UPSTREAM_EVENTS) and not self.sent_upstream:
            return nothing()  # the rest of an answer we have left
        if isinstance(event, events.Wakeup):
            return self.look_at_clock()
        return super().handle(event)

    # The client's request ---------------------------------------------------------------------

    def state_consume_request_body(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, RequestEndOfMessage):
            yield from self.request_is_complete()
        elif self.flow.response is None:  # of what is refused already, nothing is kept
            yield from super().state_consume_request_body(event)

    def request_is_complete(self) -> CommandGenerator[None]:
        request = self.flow.request
        request.timestamp_end = time.time()
        request.data.content = bytes(self.request_body_buf)
        self.request_body_buf.clear()
        self.client_state = self.state_done
        self.last_sign = time.monotonic()
        yield HttpRequestHook(self.flow)
        if (yield from self.check_killed(True)):
            return
        if self.flow.response is not None:
            yield from self.answer(self.flow.response)
            return
        try:
            if len(request.data.content) > large_body.SMALL or routes.loads_first(request.path):
                asked = yield from self.translated_beside()
                if (yield from self.check_killed(True)):
                    return
            else:
                asked = self.translated()
            call = self.open_call()
            answer = self.shared.calls.prepare(call, asked)
        except GigaGateError as error:
            yield from self.end_in_error(error)
            return
        if answer is not None:
            yield from self.put_away()
            yield from self.answer_whole(answer)
            return
        yield from self.attempt(call)

    # GigaChat's side --------------------------------------------------------------------------

    def attempt(self, call: UpstreamCall) -> CommandGenerator[None]:
        """Send the request, as soon as everything it needs is there."""
        if not (yield from self.wait(call)):
            return
        call.tried = time.monotonic()
        try:
            outages.goes_out(call.account.outage)
        except GigaGateError as refusal:
            if self.shared.calls.moving.move_on(call, refusal):
                yield from self.attempt(call)
            else:
                yield from self.end_in_error(refusal)
            return
        upstream = call.account.upstream
        connection, error = yield GetAccountConnection.of(call.account)
        if (yield from self.check_killed(True)):
            return
        if error:
            yield from self.attempt_failed(call, cannot_connect(upstream.host_header, error))
            return
        self.context.server = self.flow.server_conn = connection
        try:
            request = self.wire_request(call)
        except GigaGateError as refusal:
            yield from self.end_in_error(refusal)
            return
        self.hidden = Hidden([t.value for t in (call.token, call.refused) if t is not None])
        self.server_state = self.state_wait_for_response_headers
        self.drop_stale_events()
        self.sent_upstream, call.abandoned = True, False
        call.patience.sent(time.monotonic())
        self.shared.traffic.on_the_wire.add(self)
        yield SendHttp(WholeRequest(self.stream_id, request, call.request.body), connection)

    def wait(self, call: UpstreamCall) -> CommandGenerator[bool]:
        """Until the call has everything it needs.  False: it never will, and that has been told."""
        while not call.ready:
            yield WaitHook(call)
            if (yield from self.check_killed(True)):
                return False
            if call.waiting is None and not call.ready:
                error = call.error or InternalError()
                if not self.got_data and self.shared.calls.moving.move_on(call, error):
                    continue
                yield from self.end_in_error(error)
                return False
            yield from self.show_life()
        return True

    def wire_request(self, call: UpstreamCall) -> WireRequest:
        """Raises InvalidRequest: whoever made it, it is looked at byte by byte."""
        upstream = call.account.upstream
        named = self.shared.calls.headers(call)
        return written(upstream, call.request.method, call.request.path, named)

    def state_wait_for_response_headers(self, event: events.Event) -> CommandGenerator[None]:
        assert isinstance(event, ResponseHeaders) and self.call is not None
        self.upstream_head = head = event.response
        outage = self.call.account.outage
        if outage.failure is not None and head.status_code < 500:
            outage.answered()
        content_type = head.headers.get("content-type", "")
        plain = head.headers.get("content-encoding", "identity") == "identity"
        if not plain or not self.call.exchange.begins_stream(head.status_code, content_type):
            self.server_state = self.state_collect_answer
            return
        if not self.answering:
            yield from self.begin_stream(self.call)
        if self.answering:
            self.server_state = self.state_stream_answer

    def state_collect_answer(self, event: events.Event) -> CommandGenerator[None]:
        assert self.call is not None
        if isinstance(event, ResponseData):
            self.call.patience.heard(time.monotonic())
            self.response_body_buf += event.data
            if len(self.response_body_buf) > MAX_ANSWER_BYTES:
                yield from self.end_in_error(
                    UpstreamProtocolError("GigaChat's answer is larger than 64 MB.")
                )
        elif isinstance(event, ResponseEndOfMessage):
            body = bytes(self.response_body_buf)
            self.response_body_buf.clear()
            self.upstream_is_done()
            yield from self.upstream_has_answered(body)

    def upstream_has_answered(self, body: bytes) -> CommandGenerator[None]:
        assert self.call is not None
        call, head = self.call, self.upstream_head
        if head.status_code == 401 and call.refused is None:
            call.refused, call.token = call.token, None
            yield from self.attempt(call)
            return
        if (coding := head.headers.get("content-encoding")) is not None:
            try:
                body = content_coding.decode(body, coding, MAX_ANSWER_BYTES)
            except GigaGateError:
                body = b""  # not what was asked for, and never unpacked without a bound
        headers = head.headers
        refused = (head.status_code, body)
        if files.forgotten(call, *refused) or call.asks_otherwise(*refused):
            yield from self.attempt(call)
            return
        failure = call.exchange.failure(head.status_code, headers, body)
        if call.instead is None and failure is not None:
            yield from self.attempt_failed(call, failure)
            return
        try:
            following = None if call.instead else call.exchange.following(body)
        except GigaGateError as error:
            yield from self.end_in_error(error)
            return
        if following is not None:
            call.request, call.pause = following, A_MOMENT
            yield from self.attempt(call)
            return
        whole = call.instead or (yield from self.told(call, head, body))
        if call.exchange.missing_pictures:
            if not (yield from self.wait(call)):
                return
            whole = call.exchange.answer(head.status_code, headers, body)
        self.log_crash(call)
        yield from self.put_away()
        if self.answering:
            yield from self.end_stream([whole.body])
        else:
            yield from self.answer_whole(whole)

    def state_stream_answer(self, event: events.Event) -> CommandGenerator[None]:
        assert self.call is not None
        exchange = self.call.exchange
        if isinstance(event, ResponseEndOfMessage):
            self.upstream_is_done()
            chunks = exchange.feed(b"")
        elif isinstance(event, ResponseData):
            self.got_data = True
            self.last_sign = time.monotonic()
            self.call.patience.heard(self.last_sign)
            chunks = exchange.feed(event.data)
        else:
            return
        if exchange.ended:
            yield from self.put_away()
        yield from self.send_data(chunks)
        while exchange.missing_pictures:
            if not (yield from self.wait(self.call)):
                return
            yield from self.send_data(exchange.resume())
        if exchange.abandons_upstream:
            yield from self.leave_upstream()
        if not self.sent_upstream:
            yield from self.end_stream([])
        self.log_crash(self.call)

    def put_away(self) -> CommandGenerator[None]:
        """What the answer leaves, before the client can refer to it."""
        if self.shared.shelves.leaves_something(self.flow):
            yield PutAwayHook(self.flow)

    # Trouble ----------------------------------------------------------------------------------

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> CommandGenerator[None]:
        if isinstance(event, RequestProtocolError):
            yield from super().handle_protocol_error(event)
            self.upstream_is_done()
            return
        logger.warning("GigaChat's answer broke off: %s", mask(event.message))
        error = UpstreamProtocolError(f"The connection to GigaChat broke off. {TRY_AGAIN}.")
        assert self.call is not None
        yield from self.attempt_failed(self.call, error)

    def attempt_failed(self, call: UpstreamCall, error: GigaGateError) -> CommandGenerator[None]:
        """Another attempt, if one can help and the client has seen nothing of this one."""
        yield from self.leave_upstream()
        pause = None if self.got_data else self.shared.calls.moving.pause(call, error)
        if pause is None:
            yield from self.end_in_error(outages.told(call.account.outage, error))
            return
        if call.account.outage.failure is None:
            again.warn("Again in %.1f s: %s", pause, error.message)
        call.pause = max(pause, A_MOMENT)
        yield from self.attempt(call)

    def overdue(self, now: float) -> bool:
        """Whether `look_at_clock` has something to do; asked of every stream on the wire."""
        return self.sent_upstream and (
            self.late(now) is not None
            or self.has_all(now)
            or (now - self.last_sign >= self.shared.runtime.settings.keep_alive_seconds > 0)
        )

    def late(self, now: float) -> str | None:
        assert self.call is not None
        return self.call.patience.late(now, self.shared.runtime.settings.deadlines)

    def has_all(self, now: float) -> bool:
        ended = self.call is not None and self.call.exchange.ended
        return ended and now - self.last_sign >= LAST_BYTE

    def wakeup(self) -> events.Wakeup:
        request = commands.RequestWakeup(0)
        self.layer.command_sources[request] = self
        return events.Wakeup(request)

    def client_sleeps(self, now: float) -> None:
        """It does not read: nothing more is read from GigaChat, and no sign of life is due."""
        if self.sent_upstream and self.call is not None:
            self.last_sign = now
            self.call.patience.client_sleeps(now)

    def look_at_clock(self) -> CommandGenerator[None]:
        if not self.sent_upstream:
            return
        now = time.monotonic()
        if self.has_all(now):
            yield from self.leave_upstream()
            yield from self.end_stream([])
        elif (late := self.late(now)) is not None:
            yield from self.end_in_error(UpstreamTimeout(f"GigaChat {late}. {TRY_AGAIN}."))
        else:
            yield from self.show_life()

    def leave_upstream(self) -> CommandGenerator[None]:
        """Close the upstream connection: what is still to come on it concerns nobody."""
        if self.sent_upstream:
            self.upstream_is_done()
            self.response_body_buf.clear()
            if self.call is not None:
                self.call.abandoned = True
            yield SendHttp(
                RequestProtocolError(self.stream_id, "cancelled", ErrorCode.CANCEL),
                self.context.server,
            )
            for left in (self.context.server, outermost(self.context.server)):
                self.layer.connections[left] = Ignore(self.context.fork())

    def drop_stale_events(self) -> None:
        """A connection we have left may have said more while we waited for the next attempt."""
        fresh = [e for e in self._paused_event_queue if not isinstance(e, UPSTREAM_EVENTS)]
        self._paused_event_queue = deque(fresh)

    def upstream_is_done(self) -> None:
        self.sent_upstream = False
        self.shared.traffic.on_the_wire.discard(self)

    def log_crash(self, call: UpstreamCall) -> None:
        if (crash := call.exchange.crash) is not None:
            call.exchange.crash = None
            logger.error("Translation failed", exc_info=crash)
