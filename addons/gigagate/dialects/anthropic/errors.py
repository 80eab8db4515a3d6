"""What Anthropic's API says of an error: its type and its words."""

import re
from collections.abc import Mapping

from gigagate.errors import ContextLengthExceeded, GigaGateError

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

_COUNT = re.compile(r"\d{4,}")


def error_type(status: int) -> str:
    return _TYPES.get(status) or ("api_error" if status >= 500 else "invalid_request_error")


def detail(error: GigaGateError) -> dict[str, str]:
    if isinstance(error, ContextLengthExceeded):
        return {"type": "invalid_request_error", "message": _too_long(error.message)}
    return {"type": error_type(error.status), "message": error.message}


def _too_long(message: str) -> str:
    """Anthropic's own words, by which Claude Code knows that it must compact."""
    counts = sorted({int(found) for found in _COUNT.findall(message)[:8]})
    numbers = f": {counts[-1]} tokens > {counts[0]} maximum" if len(counts) > 1 else ""
    return f"prompt is too long{numbers}. {message}"
