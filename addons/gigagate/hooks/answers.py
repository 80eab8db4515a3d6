"""Answers made by the proxy itself: JSON, whatever goes wrong."""

from collections.abc import Mapping

from mitmproxy import http
from mitmproxy.net.http import http1

from gigagate.core import compact_json
from gigagate.errors import GigaGateError


def json_response(
    status: int,
    value: object,
    request: http.Request | None = None,
    headers: Mapping[str, str] | None = None,
) -> http.Response:
    headers = {"content-type": "application/json", **(headers or {})}
    return response(status, headers, compact_json.dumps(value), request)


def error_response(error: GigaGateError, request: http.Request | None = None) -> http.Response:
    headers = {} if error.retry_after is None else {"retry-after": str(error.retry_after)}
    return json_response(error.status, error.body(), request, headers)


def response(
    status: int, headers: Mapping[str, str], body: bytes, request: http.Request | None = None
) -> http.Response:
    """A whole answer.  To HEAD it has the headers of the body that GET would get, and no body."""
    answer = http.Response.make(status, body, dict(headers))
    if request is not None and request.method == "HEAD":
        answer.data.content = b""
    return answer


def raw_error(error: GigaGateError) -> bytes:
    """Where there is no layer to send a response: the bytes of one, which ends the connection."""
    answer = error_response(error)
    answer.headers["connection"] = "close"
    raw: bytes = http1.assemble_response(answer)
    return raw
