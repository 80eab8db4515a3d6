"""Anthropic's errors: whole and in a stream, and whether the client should try again."""

from collections.abc import Mapping

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.dialects.anthropic.errors import detail
from gigagate.errors import (
    GigaGateError,
    InternalError,
    ProxyRefused,
    UpstreamUntrusted,
)

_MAY_PASS = frozenset({408, 409, 429})
"""Statuses below 500 that another try may cure."""
_NEVER_PASSES = (InternalError, ProxyRefused, UpstreamUntrusted)


class Envelope:
    """Implements dialects.dialect.Envelope."""

    id_header = "request-id"
    stream_type = "text/event-stream; charset=utf-8"

    def error(self, error: GigaGateError, request_id: str) -> Content:
        body = {"type": "error", "error": detail(error), "request_id": _shown(request_id)}
        return Content("application/json", compact_json.dumps(body))

    def error_headers(self, error: GigaGateError) -> Mapping[str, str]:
        cured = error.status >= 500 or error.status in _MAY_PASS
        if cured and not isinstance(error, _NEVER_PASSES):
            return {}
        return {"x-should-retry": "false"}


ENVELOPE = Envelope()


def _shown(request_id: str) -> str:
    return f"req_{request_id}"
