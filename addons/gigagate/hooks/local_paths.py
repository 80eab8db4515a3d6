"""The paths the proxy answers by itself, with no upstream connection.  They win over GigaChat's."""

from typing import NamedTuple

from mitmproxy import http


class LocalPath(NamedTuple):
    answer: str
    """The name of LocalEndpoints' method."""
    open: bool = False
    """No client key is asked for, even where keys are configured."""
    method: str = "GET"


PATHS = {
    "/": LocalPath("status"),
    "/health": LocalPath("health", open=True),
    "/ready": LocalPath("readiness", open=True),
    "/stats": LocalPath("statistics"),
    "/metrics": LocalPath("metrics"),
    "/token/refresh": LocalPath("refresh_token", method="POST"),
}


PANEL = LocalPath("panel", open=True, method="GET and POST")
"""/admin and all below it: answered by hooks/panel, which has a key of its own."""


def of(request: http.Request) -> LocalPath | None:
    path = request.path.partition("?")[0]
    return PANEL if is_panel(path) else PATHS.get(path)


def is_panel(path: str) -> bool:
    return path == "/admin" or path.startswith("/admin/")
