"""Takes the client's keys out of a request before anything can show, save or forward them."""

import re

from mitmproxy import http

SECRET_HEADERS = frozenset(
    {
        b"authorization",
        b"proxy-authorization",
        b"x-api-key",
        b"api-key",
        b"x-goog-api-key",
        b"cookie",
    }
)

HIDDEN = "[hidden]"

_SECRET_QUERY = re.compile(r"(?i)(?<=[?&])(key|api[-_]?key|access[-_]?token|token)=[^&#]*")


def remove(request: http.Request) -> None:
    present = {name.lower() for name, _ in request.headers.fields}
    for name in SECRET_HEADERS & present:
        request.headers[name] = HIDDEN
    if "?" in request.path:
        request.path = _SECRET_QUERY.sub(rf"\1={HIDDEN}", request.path)
