"""Takes the client's keys out of a request before anything can show, save or forward them."""

import re

from mitmproxy import http

SECRET_HEADERS = (
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
)

HIDDEN = "[hidden]"

_SECRET_QUERY = re.compile(r"(?i)(?<=[?&])(key|api[-_]?key|access[-_]?token|token)=[^&#]*")


def remove(request: http.Request) -> None:
    for name in SECRET_HEADERS:
        if name in request.headers:
            request.headers[name] = HIDDEN
    if "?" in request.path:
        request.path = _SECRET_QUERY.sub(rf"\1={HIDDEN}", request.path)
