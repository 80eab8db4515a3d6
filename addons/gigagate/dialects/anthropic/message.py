"""A whole answer as Anthropic's message, and what a stream's events have in common with it."""

from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json, strict_json
from gigagate.core.pivot import Usage
from gigagate.dialects.anthropic import own_tools

STOP_REASONS: Mapping[str, str] = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "length": "max_tokens",
    "content_filter": "refusal",
}
"""A chat's finish_reason -> ours."""

SIGNATURE = "gigachat"
"""The signature of a thinking block: clients send it back, and nothing here asks for it."""


def message_id(request_id: str) -> str:
    """Claude Code joins messages of one id: it must be another one for each answer."""
    return f"msg_{request_id}"


def empty(request_id: str, model: str, tokens: Mapping[str, Any]) -> dict[str, Any]:
    """A message as it begins."""
    return {
        "id": message_id(request_id),
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": tokens,
    }


def searches(count: int) -> dict[str, Any]:
    """What usage says of searches; nothing, where there was none."""
    return {"server_tool_use": {"web_search_requests": count}} if count else {}


def usage(tokens: Usage | None) -> dict[str, Any]:
    """input_tokens are those that were not in the cache."""
    tokens = tokens or Usage(0, 0, 0)
    return {
        "input_tokens": max(tokens.prompt - tokens.cached, 0),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": tokens.cached,
        "output_tokens": tokens.completion,
    }


def ending(finish: str, stop_sequence: str | None) -> dict[str, str | None]:
    """stop_sequence: the one at which the proxy cut."""
    if finish == "stop" and stop_sequence is not None:
        return {"stop_reason": "stop_sequence", "stop_sequence": stop_sequence}
    return {"stop_reason": STOP_REASONS.get(finish, "end_turn"), "stop_sequence": None}


def arguments(text: str) -> dict[str, Any]:
    """Those of a call, as an object, as which the client gets them whatever the model wrote."""
    try:
        value = strict_json.loads(text or "{}")
    except ValueError:
        return {"arguments": text}
    return value if isinstance(value, dict) else {"arguments": value}


def whole(
    completion: Mapping[str, Any],
    tokens: Usage | None,
    *,
    request_id: str,
    model: str,
    shows_thinking: bool,
    stop_sequence: str | None = None,
) -> bytes:
    """completion: the chat's, of one choice."""
    choice = completion["choices"][0]
    said = choice["message"]
    content: list[dict[str, Any]] = []
    if shows_thinking and (thought := said.get("reasoning_content")):
        content.append({"type": "thinking", "thinking": thought, "signature": SIGNATURE})
    runs = said.get("tool_runs") or ()
    content += own_tools.blocks(runs, request_id)
    if text := said.get("content"):
        content += own_tools.text_blocks(text, said.get("annotations") or ())
    for call in said.get("tool_calls") or ():
        function = call["function"]
        used = {"name": function["name"], "input": arguments(function["arguments"])}
        content.append({"type": "tool_use", "id": call["id"], **used})
    told = usage(tokens) | searches(sum(map(own_tools.is_told, runs)))
    message = empty(request_id, model, told) | {"content": content}
    return compact_json.dumps(message | ending(choice["finish_reason"], stop_sequence))
