"""Answers made by the proxy itself, whatever goes wrong."""

import random
import time
from collections.abc import Mapping
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.net.http import http1
from mitmproxy.net.http.status_codes import RESPONSES

from gigagate import routes
from gigagate.core import compact_json
from gigagate.dialects.openai.dialect import OPENAI
from gigagate.errors import GigaGateError
from gigagate.hooks.quick_headers import QuickHeaders
from gigagate.hooks.request_head import head_of


def json_response(
    status: int,
    value: object,
    request: http.Request | None = None,
    headers: Mapping[str, str] | None = None,
) -> http.Response:
    headers = {"content-type": "application/json", **(headers or {})}
    return response(status, headers, compact_json.dumps(value), request)


def error_response(error: GigaGateError, request: http.Request | None = None) -> http.Response:
    """In the form of the API that the request speaks; OpenAI's where none is known."""
    dialect = OPENAI if request is None else routes.dialect_of(head_of(request))
    request_id = new_request_id()
    media_type, body = dialect.envelope.error(error, request_id)
    headers = {"content-type": media_type, **dialect.envelope.error_headers(error)}
    if dialect.envelope.id_header:
        headers[dialect.envelope.id_header] = request_id
    if error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    answer = response(error.status, headers, body, request)
    _told[answer] = error
    return answer


def told(answer: http.Response | None) -> GigaGateError | None:
    """The error that an answer of `error_response` tells: nobody need read it back."""
    return None if answer is None else _told.get(answer)


def new_request_id() -> str:
    """32 hexadecimal digits.  Unique is enough: nothing is guarded by it."""
    return f"{random.getrandbits(128):032x}"


_told: WeakKeyDictionary[http.Response, GigaGateError] = WeakKeyDictionary()


def response(
    status: int, headers: Mapping[str, str], body: bytes, request: http.Request | None = None
) -> http.Response:
    """A whole answer.  To HEAD it has the headers of the body that GET would get, and no body."""
    now = time.time()
    return http.Response(
        b"HTTP/1.1",
        status,
        RESPONSES.get(status, "").encode(),
        QuickHeaders.of(
            (
                *((name.encode(), value.encode()) for name, value in headers.items()),
                (b"content-length", b"%d" % len(body)),
            )
        ),
        b"" if request is not None and request.method == "HEAD" else body,
        None,
        now,
        now,
    )


def raw_error(error: GigaGateError, request: http.Request | None = None) -> bytes:
    """Where there is no layer to send a response: the bytes of one, which ends the connection."""
    answer = error_response(error, request)
    answer.headers["connection"] = "close"
    head: bytes = http1.assemble_response_head(answer)
    return head + (answer.data.content or b"")
