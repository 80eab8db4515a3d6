"""What a part of the panel's API is made of: its routes, and readers of what is asked."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from mitmproxy import http

from gigagate.errors import InvalidRequest
from gigagate.hooks.panel.door import Admin

LARGEST = 256 * 1024
"""Bytes of a change."""

Told = Mapping[str, Any]
type Handler = Callable[[http.Request, Admin], Awaitable[Told]]
type Look = Callable[[], str]
"""Takes changed settings files over now; tells why the old settings stay, "" where they do not."""
type Routes = Mapping[tuple[str, str], Handler]
"""Method and path below /admin/api/ -> who answers.  An answer may raise GigaGateError."""
type Topic = Callable[[int], Awaitable[tuple[Told | None, int]]]
"""The number of the last thing that was told -> what is new, or None, and the next number."""


def all_of(topic: Topic) -> Handler:
    """The handler that tells what a page hears of the topic first."""

    async def answer(request: http.Request, admin: Admin) -> Told:
        told, _ = await topic(0)
        return told or {}

    return answer


def body_of(request: http.Request) -> Mapping[str, Any]:
    """Raises InvalidRequest."""
    try:
        wanted = json.loads((request.content or b"")[:LARGEST])
    except (ValueError, RecursionError):
        raise InvalidRequest("A change is a JSON object.") from None
    if not isinstance(wanted, dict):
        raise InvalidRequest("A change is a JSON object.")
    return wanted


def only(given: Mapping[str, Any], known: Collection[str]) -> None:
    """Raises InvalidRequest for a name that is not known: what is not done is not passed over."""
    for name in given:
        if name not in known:
            raise InvalidRequest(
                f"There is no {name[:100]!r} here, only {', '.join(sorted(known))}."
            )


def number_of(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 16 else default
