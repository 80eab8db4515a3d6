"""What Google's APIs say of an error: {"error": {"code", "message", "status", "details"}}."""

import re
from collections.abc import Mapping
from typing import Any

from gigagate.errors import ContextLengthExceeded, GigaGateError

_STATUSES: Mapping[int, str] = {
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
"""HTTP's status -> Google's; any other below 500 is INVALID_ARGUMENT, from 500 on INTERNAL."""

_RPC = "type.googleapis.com/google.rpc."
_COUNT = re.compile(r"\d{4,}")


def status_name(status: int) -> str:
    return _STATUSES.get(status) or ("INTERNAL" if status >= 500 else "INVALID_ARGUMENT")


def error_object(error: GigaGateError) -> dict[str, Any]:
    return {
        "error": {
            "code": error.status,
            "message": _message(error),
            "status": status_name(error.status),
            "details": _details(error),
        }
    }


def _details(error: GigaGateError) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if error.retry_after is not None:
        found.append({"@type": f"{_RPC}RetryInfo", "retryDelay": f"{error.retry_after}s"})
    if error.param is not None:
        violation = {"field": error.param, "description": error.message}
        found.append({"@type": f"{_RPC}BadRequest", "fieldViolations": [violation]})
    return found


def _message(error: GigaGateError) -> str:
    if not isinstance(error, ContextLengthExceeded):
        return error.message
    return _too_long(error.message)


def _too_long(message: str) -> str:
    """Google's own words, by which clients know that a conversation must become shorter."""
    counts = sorted({int(found) for found in _COUNT.findall(message)[:8]})
    asked, most = (f" ({counts[-1]})", f" ({counts[0]})") if len(counts) > 1 else ("", "")
    return (
        f"The input token count{asked} exceeds the maximum number of tokens allowed{most}. "
        f"{message}"
    )
