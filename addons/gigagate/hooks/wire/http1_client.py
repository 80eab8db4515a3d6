"""GigaChat's side of a connection: each answer goes to the request it was made for, or to nobody.

mitmproxy takes a 1xx for the answer, so that the real one reaches the request after it; and its
answer's head has no bound.  Here informational answers are skipped, and a connection on which
anything came that should not have is closed, never to be used again.
"""

import logging
import time

from h11._readers import Http10Reader
from mitmproxy import http
from mitmproxy.net.http import http1
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import (
    ErrorCode,
    Http1Client,
    HttpEvent,
    ReceiveHttp,
    ResponseHeaders,
    ResponseProtocolError,
)

from gigagate.core import response_head
from gigagate.hooks.quick_headers import QuickHeaders
from gigagate.hooks.wire import whole
from gigagate.hooks.wire.chunked_body import ChunkedAnswer
from gigagate.hooks.wire.message_end import QuickEnd
from gigagate.hooks.wire.sized_body import SizedBody
from gigagate.hooks.wire.whole import WholeRequest

logger = logging.getLogger(__name__)

MAX_INFORMATIONAL = 16
"""Before one answer."""


NEVER_ASKED_FOR = (204, 304)
"""Statuses without a body: nothing is asked that they answer, and what comes behind one, late,
would be taken for the next request's."""


class GigaChatHttp1(QuickEnd, Http1Client):
    informational = 0

    def send(self, event: HttpEvent) -> CommandGenerator[None]:
        return self.send_whole(event) if isinstance(event, WholeRequest) else super().send(event)

    def send_whole(self, event: WholeRequest) -> CommandGenerator[None]:
        if self.stream_id is not None or not whole.is_plain(event.request):
            for part in event.parts():
                yield from super().send(part)
            return
        self.stream_id, self.request = event.stream_id, event.request
        head = http1.assemble_request_head(event.request)
        yield from whole.written(self.conn, head, event.body)
        yield from self.mark_done(request=True)

    def read_headers(self, event: events.ConnectionEvent) -> CommandGenerator[None]:
        if not isinstance(event, events.DataReceived):
            yield from super().read_headers(event)
        elif self.request is None:
            logger.warning("GigaChat said something nobody had asked for: its connection is closed")
            yield from self.close()
        else:
            try:
                complete = self.read_head()
            except ValueError as error:
                yield from self.broken(f"GigaChat's answer cannot be read: {error}")
                return
            if complete:
                yield from self.answer_begins(event)

    def read_head(self) -> bool:
        """Whether the head of the answer is there.  Raises ValueError."""
        while (lines := self.buf.maybe_extract_lines()) is not None:
            head = response_head.read([bytes(line) for line in lines])
            if head.status in NEVER_ASKED_FOR:
                raise ValueError(f"its status is {head.status}")
            if head.status >= 200:
                self.informational = 0
                self.response = _response(head)
                return True
            self.informational += 1
            if head.status == 101 or self.informational > MAX_INFORMATIONAL:
                raise ValueError(f"it begins with status {head.status}")
        if len(self.buf) > response_head.MAX_BYTES:
            raise ValueError(f"its head is larger than {response_head.MAX_BYTES} bytes")
        return False

    def answer_begins(self, event: events.DataReceived) -> CommandGenerator[None]:
        if self.request is None or self.response is None or self.stream_id is None:
            raise RuntimeError("an answer without a request")
        size = http1.expected_http_body_size(self.request, self.response)
        if size is None:
            self.body_reader = ChunkedAnswer()
        elif size < 0:
            self.body_reader = Http10Reader()
        else:
            self.body_reader = SizedBody(size)
        yield ReceiveHttp(ResponseHeaders(self.stream_id, self.response, size == 0))
        self.state = self.read_body
        yield from self.read_body(event)

    def broken(self, message: str) -> CommandGenerator[None]:
        stream_id = self.stream_id
        yield from self.close()
        if stream_id is not None:
            yield ReceiveHttp(
                ResponseProtocolError(stream_id, message, ErrorCode.GENERIC_SERVER_ERROR)
            )

    def close(self) -> CommandGenerator[None]:
        self.buf.maybe_extract_at_most(len(self.buf))
        self.state = self.done
        yield commands.CloseConnection(self.conn)


def _response(head: response_head.ResponseHead) -> http.Response:
    return http.Response(
        http_version=b"HTTP/" + head.version,
        status_code=head.status,
        reason=head.reason,
        headers=QuickHeaders.of(head.fields),
        content=None,
        trailers=None,
        timestamp_start=time.time(),
        timestamp_end=None,
    )
