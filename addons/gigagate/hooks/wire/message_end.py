"""The end of a request and its answer, where nothing about them can end the connection.

Mitmproxy asks both messages a dozen questions then.  For two plain ones of HTTP/1.1 whose length
was told, the answer to each is no, and the next request may come.
"""

from mitmproxy import http
from mitmproxy.proxy import events
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import Http1Connection, Http1Server


class QuickEnd(Http1Connection):
    def mark_done(self, *, request: bool = False, response: bool = False) -> CommandGenerator[None]:
        self.request_done |= request
        self.response_done |= response
        both = self.request_done and self.response_done
        if not (both and _is_plain(self.request) and _is_plain(self.response)):
            yield from super().mark_done()
            return
        self.request_done = self.response_done = False
        self.request = self.response = None
        self.stream_id = self.stream_id + 2 if isinstance(self, Http1Server) else None
        self.state = self.read_headers
        if self.buf:
            yield from self.state(events.DataReceived(self.conn, b""))


def _is_plain(message: http.Request | http.Response | None) -> bool:
    if message is None or not message.is_http11:
        return False
    headers = message.headers
    if "connection" in headers or "transfer-encoding" in headers:
        return False
    if isinstance(message, http.Response):
        return message.status_code != 101 and "content-length" in headers
    return message.data.method.upper() != b"CONNECT"
