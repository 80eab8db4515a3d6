"""What is known of a request before its body, as plain values."""

from mitmproxy import http

from gigagate.core.http import Head


def headers_of(request: http.Request) -> dict[str, str]:
    """By their names in lower case; several of one name are folded."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items(multi=True):
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def head_of(request: http.Request) -> Head:
    return Head(request.method, request.path, headers_of(request))
