"""What a part of the panel's API is made of: its routes, and readers of what is asked."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from mitmproxy import http

from gigagate.errors import InvalidRequest
from gigagate.hooks.panel.door import Admin

LARGEST = 256 * 1024
"""Bytes of a change."""

Told = Mapping[str, Any]
type Handler = Callable[[http.Request, Admin], Awaitable[Told]]
type Routes = Mapping[tuple[str, str], Handler]
"""Method and path below /admin/api/ -> who answers.  An answer may raise GigaGateError."""


def body_of(request: http.Request) -> Mapping[str, Any]:
    """Raises InvalidRequest."""
    try:
        wanted = json.loads((request.content or b"")[:LARGEST])
    except (ValueError, RecursionError):
        raise InvalidRequest("A change is a JSON object.") from None
    if not isinstance(wanted, dict):
        raise InvalidRequest("A change is a JSON object.")
    return wanted


def number_of(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 16 else default
