"""Requests whose only tools Anthropic's servers would run: Claude Code's search is one.

The client takes the answer's text for what was found, so a model without a search would make
results up.  Where GigaChat has none, they are answered here, with the block that says so.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.dialects.anthropic import message, tools
from gigagate.dialects.anthropic.writer import event

SAID = (
    "Web search is not available here: GigaGate asks GigaChat, which did not search. "
    "Nothing was looked up."
)


class Lookup(NamedTuple):
    tool: str
    result: str
    asks: str
    """The key of what is looked for."""


_LOOKUPS: Mapping[str, Lookup] = {
    "web_search_": Lookup("web_search", "web_search_tool_result", "query"),
    "web_fetch_": Lookup("web_fetch", "web_fetch_tool_result", "url"),
}
"""How the type of the tool begins -> its blocks."""


def only_lookup(body: Mapping[str, Any]) -> Lookup | None:
    """What the request is for, if its one kind of tool is a look-up by Anthropic's servers."""
    given = body.get("tools")
    if not isinstance(given, list) or not given:
        return None
    if not all(isinstance(tool, dict) and tools.is_server_tool(tool) for tool in given):
        return None
    kinds = [str(tool["type"]) for tool in given]
    for begin, lookup in _LOOKUPS.items():
        if any(kind.startswith(begin) for kind in kinds):
            return lookup
    return None


def answer(lookup: Lookup, asked_for: str, *, request_id: str, model: str, stream: bool) -> Content:
    """asked_for: the query, as far as it is known."""
    call_id = f"srvtoolu_{request_id}"
    used = {"type": "server_tool_use", "id": call_id, "name": lookup.tool}
    error = {"type": f"{lookup.result}_error", "error_code": "unavailable"}
    result = {"type": lookup.result, "tool_use_id": call_id, "content": error}
    blocks: list[dict[str, Any]] = [
        {**used, "input": {lookup.asks: asked_for}},
        result,
        {"type": "text", "text": SAID},
    ]
    begun = message.empty(request_id, model, message.usage(None))
    ending = message.ending("stop", None)
    if not stream:
        return Content("application/json", compact_json.dumps(begun | {"content": blocks} | ending))
    pieces = [event("message_start", message=begun)]
    for index, block in enumerate(blocks):
        pieces += _streamed(index, block)
    pieces.append(event("message_delta", delta=ending, usage=message.usage(None)))
    pieces.append(event("message_stop"))
    return Content("text/event-stream; charset=utf-8", b"".join(pieces))


def _streamed(index: int, block: dict[str, Any]) -> list[bytes]:
    begun, delta = block, None
    if block["type"] == "server_tool_use":
        begun = block | {"input": {}}
        written = compact_json.dumps(block["input"]).decode()
        delta = {"type": "input_json_delta", "partial_json": written}
    elif block["type"] == "text":
        begun = block | {"text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    pieces = [event("content_block_start", index=index, content_block=begun)]
    if delta is not None:
        pieces.append(event("content_block_delta", index=index, delta=delta))
    return [*pieces, event("content_block_stop", index=index)]
