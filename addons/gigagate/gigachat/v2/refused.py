"""What GigaChat v2 refused, and how to ask instead: facts that differ by host, model and account.

Only what its words or the request itself make plain is asked again; all else is the client's error.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, cast

from gigagate.core.pivot import Chat
from gigagate.gigachat import builtin_tools, errors
from gigagate.gigachat.v2.variation import Variation

_NO_TOOL = re.compile(
    r"unknown tool [\"'`]?(\w+)|tool [\"'`]?(\w+)[\"'`]? is (?:unavailable|not)", re.I
)
_SWITCHED_OFF = re.compile(r"temporarily unavailable due to technical reasons", re.I)
_KNOWN = re.compile(
    r"function calls count|invalid function result|response_format|context|token|model|"
    r"empty schema|function names|field '",
    re.I,
)
"""Words of errors that another role or choice does not help."""


class Otherwise(NamedTuple):
    note: str
    variation: Variation = Variation()
    closed: bool = False
    """v2 is not open to this account."""


def read(status: int, body: bytes, tried: Variation, chat: Chat) -> Otherwise | None:
    """None: nothing else is worth a try."""
    if status not in (400, 403, 404, 422):
        return None
    said = errors.words(body)
    if found := _NO_TOOL.search(said):
        return _without(found[1] or found[2], tried, chat)
    if status in (403, 404):
        closed = "model" not in said.lower() and not _SWITCHED_OFF.search(said)
        return Otherwise(f"GigaChat v1: v2 answered {status}", closed=True) if closed else None
    if _KNOWN.search(said):
        return None
    asked = cast(Mapping[str, Any], chat)
    if tried.role == "tool" and _has_results(asked):
        note = "results in the role function: tool was refused"
        return Otherwise(note, replace(tried, role="function"))
    if tried.forced and _forces(asked):
        note = "the tool is not forced: that was refused"
        return Otherwise(note, replace(tried, forced=False))
    return None


def _without(tool: str, tried: Variation, chat: Chat) -> Otherwise | None:
    kind = next((kind for kind, name in builtin_tools.TOOLS.items() if name == tool), "")
    if not kind or kind in tried.without:
        return None
    note = f"without the tool {kind}: not open to this account"
    return Otherwise(note, replace(tried, without=tried.without | {kind}))


def _has_results(chat: Mapping[str, Any]) -> bool:
    return any(
        isinstance(message, dict) and message.get("role") in ("tool", "function")
        for message in chat["messages"]
    )


def _forces(chat: Mapping[str, Any]) -> bool:
    choice = chat.get("tool_choice") or chat.get("function_call")
    forced = isinstance(choice, dict) or choice == "required"
    return forced or chat.get("response_format") is not None
