"""A message whose body is there already: it goes through the layers, and onto the wire, at once.

Mitmproxy passes head, body and end on one after the other, and writes head and body apart: a tenth
of the time for a small request.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mitmproxy import http
from mitmproxy.connection import Connection
from mitmproxy.proxy import commands
from mitmproxy.proxy.layers.http import (
    HttpEvent,
    RequestData,
    RequestEndOfMessage,
    RequestHeaders,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
)

_ONE_WRITE = 64 * 1024
"""Bytes of a body that are copied behind the head; a larger one is written by itself."""


@dataclass
class WholeRequest(HttpEvent):
    """One of ours, with its body and its end.  Whoever does not know this event sends nothing."""

    request: http.Request
    body: bytes

    def parts(self) -> Iterator[HttpEvent]:
        """What mitmproxy would send in its place."""
        yield RequestHeaders(self.stream_id, self.request, not self.body)
        if self.body:
            yield RequestData(self.stream_id, self.body)
        yield RequestEndOfMessage(self.stream_id)


@dataclass
class WholeAnswer(ResponseHeaders):
    """An answer of the proxy's, with its body and its end."""

    body: bytes = b""

    def parts(self) -> Iterator[HttpEvent]:
        """What mitmproxy would send in its place."""
        yield ResponseHeaders(self.stream_id, self.response, not self.body)
        if self.body:
            yield ResponseData(self.stream_id, self.body)
        yield ResponseEndOfMessage(self.stream_id)


def is_plain(message: http.Message) -> bool:
    """Whether head and body can be written as they are."""
    return message.is_http11 and "transfer-encoding" not in message.headers


def written(connection: Connection, head: bytes, body: bytes) -> Iterator[commands.SendData]:
    if len(body) <= _ONE_WRITE:
        yield commands.SendData(connection, head + body)
    else:
        yield commands.SendData(connection, head)
        yield commands.SendData(connection, body)
