"""GigaChat's side of a connection: each answer goes to the request it was made for, or to nobody.

mitmproxy takes a 1xx for the answer, so that the real one reaches the request after it; and its
answer's head has no bound.  Here informational answers are skipped, and a connection on which
anything came that should not have is closed, never to be used again.
"""

import logging

from h11._readers import Http10Reader
from mitmproxy.net.http import http1
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import (
    ErrorCode,
    Http1Client,
    ReceiveHttp,
    ResponseHeaders,
    ResponseProtocolError,
)

from gigagate.core import response_head
from gigagate.hooks.wire.chunked_body import ChunkedAnswer
from gigagate.hooks.wire.quick_headers import QuickHeaders
from gigagate.hooks.wire.sized_body import SizedBody

logger = logging.getLogger(__name__)

MAX_INFORMATIONAL = 16
"""Before one answer."""


NEVER_ASKED_FOR = (204, 304)
"""Statuses without a body: nothing is asked that they answer, and what comes behind one, late,
would be taken for the next request's."""


class GigaChatHttp1(Http1Client):
    informational = 0

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
            head = [bytes(line) for line in lines]
            status = response_head.check(head)
            if status in NEVER_ASKED_FOR:
                raise ValueError(f"its status is {status}")
            if status >= 200:
                self.informational = 0
                self.response = http1.read_response_head(head)
                self.response.headers = QuickHeaders.of(self.response.headers.fields)
                return True
            self.informational += 1
            if status == 101 or self.informational > MAX_INFORMATIONAL:
                raise ValueError(f"it begins with status {status}")
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
