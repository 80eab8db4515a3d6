"""Paths the proxy answers by itself, with no upstream connection.  They win over upstream paths."""

from collections.abc import Callable

from mitmproxy import http

from gigagate import __version__
from gigagate.errors import MethodNotAllowed
from gigagate.hooks.answers import json_response


def health(request: http.Request) -> http.Response:
    return json_response(200, {"status": "ok"}, request)


def front_page(request: http.Request) -> http.Response:
    about = {
        "service": "GigaGate",
        "version": __version__,
        "base_url": f"http://{request.host_header}/v1",
    }
    return json_response(200, about, request)


ENDPOINTS: dict[str, Callable[[http.Request], http.Response]] = {
    "/": front_page,
    "/health": health,
}


def answer(request: http.Request) -> http.Response | None:
    """None if the path is not local.  Raises MethodNotAllowed."""
    path = request.path.partition("?")[0]
    endpoint = ENDPOINTS.get(path)
    if endpoint is None:
        return None
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed(f"{path} takes GET, not {request.method}.")
    return endpoint(request)
