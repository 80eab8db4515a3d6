"""A request made by us for GigaChat.  The layer lets no other kind out."""

import time
from collections.abc import Mapping

from mitmproxy import http

from gigagate.core import wire_head
from gigagate.hooks.quick_headers import QuickHeaders
from gigagate.settings import Upstream


class WireRequest(http.Request):
    pass


def written(upstream: Upstream, method: str, path: str, named: Mapping[str, str]) -> WireRequest:
    """named: its headers.  Raises InvalidRequest."""
    wire_head.check(method, upstream.path + path, named)
    return WireRequest(
        host=upstream.host,
        port=upstream.port,
        method=method.encode(),
        scheme=upstream.scheme.encode(),
        authority=b"",
        path=(upstream.path + path).encode(),
        http_version=b"HTTP/1.1",
        headers=QuickHeaders.of(tuple((k.encode(), v.encode()) for k, v in named.items())),
        content=None,
        trailers=None,
        timestamp_start=time.time(),
        timestamp_end=None,
    )
