"""Takes the client's keys out of a request before anything can show, save or forward them."""

import re
from functools import cache

from mitmproxy import http

from gigagate import routes

_OF_EVERYONE = frozenset({b"authorization", b"proxy-authorization", b"cookie"})

HIDDEN = "[hidden]"

_SECRET_QUERY = re.compile(r"(?i)(?<=[?&])(key|api[-_]?key|access[-_]?token|token)=[^&#]*")


@cache
def headers() -> frozenset[bytes]:
    """Those of each dialect among them, in lower case."""
    own = (name.encode() for dialect in routes.DIALECTS for name in dialect.key_headers)
    return _OF_EVERYONE.union(own)


def remove(request: http.Request) -> None:
    present = {name.lower() for name, _ in request.headers.fields}
    for name in headers() & present:
        request.headers[name] = HIDDEN
    if "?" in request.path:
        request.path = _SECRET_QUERY.sub(rf"\1={HIDDEN}", request.path)
