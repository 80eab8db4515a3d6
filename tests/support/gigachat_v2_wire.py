"""GigaChat v2's answers, as they were recorded on the public host; ids and texts are ours."""

import json
from collections.abc import Mapping
from typing import Any

CREATED = 1790250876
MODEL = "GigaChat-3-Lightning"
STATE = "01a0d344-7edd-73ff-8a9a-241b10097774"
CALL_ID = "9bb697cc-c55f-4e76-aeba-39bbd3ef26fc"
USAGE = {
    "input_tokens": 57,
    "input_tokens_details": {"prompt_tokens": 57, "cached_tokens": 10},
    "output_tokens": 18,
    "total_tokens": 75,
}
SOURCES = {
    "2": {"url": "https://example.org/cats", "title": "Кошки"},
    "1": {"url": "https://example.com/milk", "title": "Молоко 🥛"},
    "3": {"url": "https://example.net/unused", "title": "Не пригодилось"},
}
CITED = "Молоко — 89 ₽. [sources=[1]] Кошки его любят 🐈.[sources=[1, 2]] Всё."
PLAIN = "Молоко — 89 ₽. Кошки его любят 🐈. Всё."


def head(**more: Any) -> dict[str, Any]:
    return {"model": MODEL, "created_at": CREATED, **more}


def said(*parts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"role": "assistant", **more, "content": list(parts)}


def call(name: str, arguments: Mapping[str, Any], call_id: str | None = CALL_ID) -> dict[str, Any]:
    named = {"id": call_id} if call_id else {}
    return {"function_call": {**named, "name": name, "arguments": dict(arguments)}}


def whole(*messages: Mapping[str, Any], reason: str = "stop", usage: Any = USAGE) -> dict[str, Any]:
    return head(messages=list(messages), finish_reason=reason, usage=usage)


def event(name: str, value: Any) -> bytes:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"


def delta(*parts: Mapping[str, Any], role: str = "assistant") -> bytes:
    message = {"role": role, "content": list(parts)}
    return event("response.message.delta", head(messages=[message]))


def tool(state: str, name: str = "web_search", **more: Any) -> bytes:
    execution = {"tool_execution": {"id": "", "name": name, **more}}
    return event(f"response.tool.{state}", head(messages=[said(execution)]))


def done(
    *parts: Mapping[str, Any], reason: str = "stop", usage: Any = USAGE, state: bool = False
) -> bytes:
    last = head(finish_reason=reason)
    if parts:
        last["messages"] = [said(*parts, tool_state_id=STATE)]
    elif state:
        last["messages"] = [{"role": "assistant", "tool_state_id": STATE}]
    if usage:
        last["usage"] = usage
    return event("response.message.done", last)


def inline() -> dict[str, Any]:
    return {"inline_data": {"images": [], "sources": SOURCES}}


TEXT = delta({"text": "При"}) + delta({"text": "вет 👋"}) + done()
SEARCH = (
    tool("in_progress")
    + tool("completed", status="success")
    + delta(inline())
    + b"".join(delta({"text": CITED[i : i + 7]}) for i in range(0, len(CITED), 7))
    + done(state=True)
)
FUNCTION = done(call("getWeather", {"city": "Пермь"}), reason="function_call")
SEARCH_WHOLE = whole(said({"text": CITED, **inline()}, tool_state_id=STATE))
FUNCTION_WHOLE = whole(
    said(call("getWeather", {"city": "Пермь"}), tool_state_id=STATE), reason="function_call"
)
