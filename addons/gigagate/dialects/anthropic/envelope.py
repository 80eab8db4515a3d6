"""Anthropic's errors: whole and in a stream, and whether the client should try again."""

import re
from collections.abc import Mapping

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.dialects.anthropic.writer import PING, event
from gigagate.errors import (
    ContextLengthExceeded,
    GigaGateError,
    InternalError,
    UpstreamUntrusted,
)

_TYPES: Mapping[int, str] = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    529: "overloaded_error",
}
"""Status -> type; any other below 500 is invalid_request_error, from 500 on api_error."""

_MAY_PASS = frozenset({408, 409, 429})
"""Statuses below 500 that another try may cure."""
_NEVER_PASSES = (InternalError, UpstreamUntrusted)

_COUNT = re.compile(r"\d{4,}")


class Envelope:
    """Implements dialects.dialect.Envelope."""

    id_header = "request-id"
    stream_type = "text/event-stream; charset=utf-8"

    def error(self, error: GigaGateError, request_id: str) -> Content:
        body = {"type": "error", "error": _detail(error), "request_id": _shown(request_id)}
        return Content("application/json", compact_json.dumps(body))

    def error_headers(self, error: GigaGateError) -> Mapping[str, str]:
        cured = error.status >= 500 or error.status in _MAY_PASS
        if cured and not isinstance(error, _NEVER_PASSES):
            return {}
        return {"x-should-retry": "false"}

    def last_event(self, error: GigaGateError, request_id: str) -> bytes:
        return event("error", error=_detail(error), request_id=_shown(request_id))

    def sign_of_life(self) -> bytes:
        return PING


ENVELOPE = Envelope()


def error_type(status: int) -> str:
    return _TYPES.get(status) or ("api_error" if status >= 500 else "invalid_request_error")


def _detail(error: GigaGateError) -> dict[str, str]:
    if isinstance(error, ContextLengthExceeded):
        return {"type": "invalid_request_error", "message": _too_long(error.message)}
    return {"type": error_type(error.status), "message": error.message}


def _too_long(message: str) -> str:
    """As Anthropic says it: by these words Claude Code knows that it must compact."""
    counts = sorted({int(found) for found in _COUNT.findall(message)[:8]})
    numbers = f": {counts[-1]} tokens > {counts[0]} maximum" if len(counts) > 1 else ""
    return f"prompt is too long{numbers}. {message}"


def _shown(request_id: str) -> str:
    return f"req_{request_id}"
