"""The client's side of a connection, with limits.

mitmproxy's own server has none for a request's head, in size or in time, buffers a body before it
says that it is too large, and answers in HTML.  Here a request that breaks a rule is answered in
JSON as soon as that is known, and nothing of it goes further.
"""

import logging
import time

from h11._receivebuffer import ReceiveBuffer
from mitmproxy import http
from mitmproxy.connection import ConnectionState
from mitmproxy.net.http import http1
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import (
    ErrorCode,
    Http1Server,
    HttpEvent,
    ReceiveHttp,
    RequestData,
    RequestHeaders,
    RequestProtocolError,
)
from mitmproxy.utils import human

from gigagate.core import request_head
from gigagate.errors import GigaGateError, HeadersTooLarge, RequestTimeout
from gigagate.hooks.answers import raw_error
from gigagate.hooks.quick_headers import QuickHeaders
from gigagate.hooks.wire import whole
from gigagate.hooks.wire.chunked_body import ChunkedBody, too_large
from gigagate.hooks.wire.half_closed import HalfClosed, may_read_on
from gigagate.hooks.wire.message_end import QuickEnd
from gigagate.hooks.wire.refuse import nothing
from gigagate.hooks.wire.sized_body import SizedBody
from gigagate.hooks.wire.whole import WholeAnswer
from gigagate.settings import Limits

logger = logging.getLogger(__name__)

LINGER = 5.0
"""Seconds to go on reading after a refusal.  Closed at once, a connection with bytes still to be
read is reset, and the client may lose the answer."""


class LimitedHttp1Server(QuickEnd, Http1Server):
    def __init__(self, context: Context, limits: Limits) -> None:
        super().__init__(context)
        self.limits = limits
        self.alarm: commands.RequestWakeup | None = None
        """The head should be complete, or the rest of what was refused have come."""
        self.body_alarm: commands.RequestWakeup | None = None
        """One for a connection, not for each request: bodies come in a moment, nearly all."""
        self.body_began = 0.0
        self.turn: commands.RequestWakeup | None = None
        """The wake-up of a request that came before the answer to the one before it had ended."""
        self.half_closed: HalfClosed | None = None
        self.discarded = 0

    def _handle_event(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.Wakeup):
            return self.wake_up(event)
        if self.state == self.discard and isinstance(event, HttpEvent):
            return nothing()
        if isinstance(event, events.DataReceived) and self.is_of_a_body(event.data):
            return self.hand_on(event.data)
        done: CommandGenerator[None] = super()._handle_event(event)
        return done

    def is_of_a_body(self, data: bytes) -> bool:
        """Data from the midst of one: nothing needs to be kept, or looked for in it."""
        return (
            self.state == self.read_body
            and not self.buf
            and isinstance(self.body_reader, SizedBody)
            and self.body_reader.passes(data)
        )

    def hand_on(self, data: bytes) -> CommandGenerator[None]:
        yield ReceiveHttp(RequestData(self.stream_id, data))

    def wake_up(self, event: events.Wakeup) -> CommandGenerator[None]:
        if event.command is self.alarm:
            yield from self.time_is_up()
        elif event.command is self.turn:
            self.turn = None
            if self.state == self.read_headers:
                yield from self.read_head()
        elif event.command is self.body_alarm:
            self.body_alarm = None
            if self.state == self.read_body:
                yield from self.watch_body()
        elif self.half_closed is not None and event.command is self.half_closed.alarm:
            yield from self.look_whether_it_reads()

    def send(self, event: HttpEvent) -> CommandGenerator[None]:
        return self.send_whole(event) if isinstance(event, WholeAnswer) else super().send(event)

    def send_whole(self, event: WholeAnswer) -> CommandGenerator[None]:
        if not whole.is_plain(event.response):
            for part in event.parts():
                yield from super().send(part)
            return
        self.response = event.response
        head = http1.assemble_response_head(event.response)
        yield from whole.written(self.conn, head, event.body)
        yield from self.mark_done(response=True)

    def read_headers(self, event: events.ConnectionEvent) -> CommandGenerator[None]:
        if isinstance(event, events.ConnectionClosed):
            self.turn = None  # nobody waits for what is still in the buffer
            self.buf = ReceiveBuffer()
            yield commands.CloseConnection(self.conn)
            return
        if isinstance(event, events.DataReceived) and not event.data:
            # mitmproxy goes on in the midst of the last event of the answer before
            self.turn = commands.RequestWakeup(0)
            yield self.turn
            return
        yield from self.read_head()

    def read_head(self) -> CommandGenerator[None]:
        try:
            size = self.head_size()
            if size is None:
                if self.buf and self.alarm is None:
                    self.alarm = commands.RequestWakeup(self.limits.header_seconds)
                    yield self.alarm
                return
            request, body_size = self.take_head(size)
        except GigaGateError as error:
            yield from self.refuse(error)
            return
        self.alarm = None
        self.body_reader = (
            ChunkedBody(self.limits.body_bytes) if body_size is None else SizedBody(body_size)
        )
        yield ReceiveHttp(RequestHeaders(self.stream_id, request, body_size == 0))
        self.state = self.read_body
        yield from self.read_body(events.DataReceived(self.conn, b""))
        self.body_began = time.monotonic()
        if self.state == self.read_body and self.body_alarm is None:
            yield from self.watch_body()

    def head_size(self) -> int | None:
        """None if the head is not complete yet.  Raises HeadersTooLarge."""
        limit = self.limits.header_bytes
        data = self.begin_of_buffer(limit + 1)
        while empty := len(data) - len(data.lstrip(b"\r\n")):
            self.buf.maybe_extract_at_most(empty)  # RFC 9112 §2.2: empty lines are ignored
            data = self.begin_of_buffer(limit + 1)
        size = request_head.size(data)
        if (len(data) if size is None else size) > limit:
            raise HeadersTooLarge(
                f"The head of the request is larger than {limit} bytes, "
                "which is limits.header_bytes of this proxy."
            )
        return size

    def begin_of_buffer(self, size: int) -> bytes:
        """The buffer may hold thousands of requests, and each of them is looked at."""
        return bytes(self.buf._data[:size])

    def take_head(self, size: int) -> tuple[http.Request, int | None]:
        """The request, and the size of its body: None if that comes in chunks.

        Raises ClientError.
        """
        head = request_head.read(bytes(self.buf.maybe_extract_at_most(size) or b""))
        request = self.request = http.Request(
            host="",
            port=0,
            method=head.method,
            scheme=b"",
            authority=b"",
            path=head.target,
            http_version=b"HTTP/" + head.version,
            headers=QuickHeaders.of(head.fields),
            content=None,
            trailers=None,
            timestamp_start=time.time(),
            timestamp_end=None,
        )
        if head.body_size is not None and head.body_size > self.limits.body_bytes:
            raise too_large(self.limits.body_bytes)
        return request, head.body_size

    def read_body(self, event: events.Event) -> CommandGenerator[None]:
        try:
            yield from super().read_body(event)
        except GigaGateError as error:
            yield from self.refuse_body(error)

    def mark_done(self, *, request: bool = False, response: bool = False) -> CommandGenerator[None]:
        yield from super().mark_done(request=request, response=response)
        if self.half_closed is not None and self.request is None:
            self.half_closed = self.turn = None
            self.state = self.done
            yield commands.CloseConnection(self.conn)

    def wait(self, event: events.Event) -> CommandGenerator[None]:
        """The state until the answer has gone; what comes meanwhile is the next request."""
        if len(self.buf) > self.limits.header_bytes + self.limits.body_bytes:
            yield commands.CloseConnection(self.conn)
            yield self.gone("The client sends requests without waiting for their answers.")
            self.state = self.discard
        elif (
            isinstance(event, events.ConnectionClosed)
            and self.response is None
            and may_read_on(self.conn, self.request)
        ):
            self.half_closed = HalfClosed(self.context.client)
            yield from self.look_whether_it_reads()
        else:
            yield from super().wait(event)

    def look_whether_it_reads(self) -> CommandGenerator[None]:
        if self.state != self.wait or self.half_closed is None:
            return
        if not (yield from self.half_closed.look(answering=self.response is not None)):
            self.half_closed = None
            yield commands.CloseConnection(self.conn)
            yield self.gone("Client disconnected.")

    def gone(self, reason: str) -> ReceiveHttp:
        """Ends the stream.  It must not answer: the client has been told."""
        return ReceiveHttp(
            RequestProtocolError(self.stream_id, reason, ErrorCode.CLIENT_DISCONNECTED)
        )

    def watch_body(self) -> CommandGenerator[None]:
        left = self.body_began + self.limits.body_seconds - time.monotonic()
        if left > 0:
            self.body_alarm = commands.RequestWakeup(left)
            yield self.body_alarm
        else:
            yield from self.refuse_body(_too_late("body", self.limits.body_seconds))

    def refuse_body(self, error: GigaGateError) -> CommandGenerator[None]:
        yield from self.refuse(error)
        yield self.gone(error.message)

    def refuse(self, error: GigaGateError) -> CommandGenerator[None]:
        peer = human.format_address(self.conn.peername)
        logger.info("%s: refused, %d: %s", peer, error.status, error.message)
        if self.response is None:
            yield commands.SendData(self.conn, raw_error(error, self.request))
        yield commands.CloseTcpConnection(self.conn, half_close=True)
        self.state = self.discard
        self.buf = ReceiveBuffer()
        self.alarm = commands.RequestWakeup(LINGER)
        yield self.alarm

    def discard(self, event: events.Event) -> CommandGenerator[None]:
        self.discarded += len(self.buf)
        self.buf = ReceiveBuffer()
        closed = isinstance(event, events.ConnectionClosed)
        if closed or self.discarded > self.limits.body_bytes:
            yield from self.close()

    def time_is_up(self) -> CommandGenerator[None]:
        if self.state == self.discard:
            yield from self.close()
        else:
            yield from self.refuse(_too_late("head", self.limits.header_seconds))

    def close(self) -> CommandGenerator[None]:
        self.alarm = None
        if self.conn.state is not ConnectionState.CLOSED:
            yield commands.CloseConnection(self.conn)


def _too_late(part: str, seconds: float) -> RequestTimeout:
    return RequestTimeout(
        f"The {part} of the request was not complete after {seconds:g} seconds, which is "
        f"limits.{'header' if part == 'head' else part}_seconds of this proxy."
    )
