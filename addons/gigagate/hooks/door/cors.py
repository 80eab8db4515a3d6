"""Web pages of the origins listed in the settings may use this proxy from a browser (CORS).

None is listed by default.  Pages of other origins never come this far: access.py refuses them.
"""

from mitmproxy import http

from gigagate.hooks.answers import response
from gigagate.hooks.runtime import Runtime

ALLOWED = {
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-max-age": "600",
}


def preflight(request: http.Request) -> http.Response | None:
    """The answer to a browser that asks, without any key, whether it may send a request."""
    asked = "access-control-request-method" in request.headers
    if request.method != "OPTIONS" or "origin" not in request.headers or not asked:
        return None
    headers = dict(ALLOWED)
    if names := request.headers.get("access-control-request-headers"):
        headers["access-control-allow-headers"] = names
    if "access-control-request-private-network" in request.headers:
        headers["access-control-allow-private-network"] = "true"
    answer = response(204, headers, b"", request)
    del answer.headers["content-length"]
    return answer


class Cors:
    name = "gigagate.cors"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        origin = flow.request.headers.get("origin")
        if flow.response is None or origin is None:
            return
        headers = flow.response.headers
        headers["vary"] = "Origin"
        if origin.lower() in self.runtime.settings.allowed_origins:
            headers["access-control-allow-origin"] = origin
            headers["access-control-expose-headers"] = "x-request-id, retry-after"
