"""Anthropic's bytes as a chat and its answer, for people: views, the prompts log, fixtures."""

from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core import compact_json, sse, strict_json
from gigagate.core.notes import Notes
from gigagate.core.pivot import Usage
from gigagate.core.policy import Policy
from gigagate.dialects.anthropic.asked import Asked
from gigagate.dialects.json_body import parse_object
from gigagate.errors import GigaGateError

_FINISHES: Mapping[str, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "refusal": "content_filter",
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "input_json_delta": ("input", "partial_json"),
}
"""Type of a delta -> what of the block it goes on, and where it stands in the delta."""


def chat(body: bytes) -> dict[str, Any]:
    """Raises ValueError if it is no request for a message."""
    try:
        return Asked(parse_object(body), Policy(), Notes()).chat
    except GigaGateError as error:
        raise ValueError(error.message) from None


def completion(body: bytes) -> dict[str, Any]:
    """A whole answer or a stream, as far as it has come.  Raises ValueError if it is none."""
    try:
        told = strict_json.loads(body) if body[:1] == b"{" else _of_events(body)
    except (LookupError, TypeError):
        raise ValueError("events in another order than Anthropic's") from None
    if not isinstance(told, dict) or told.get("type") != "message":
        raise ValueError("no message of Anthropic's API")
    return _completion(told)


def _completion(told: Mapping[str, Any]) -> dict[str, Any]:
    blocks = [block for block in told.get("content") or () if isinstance(block, dict)]
    said: dict[str, Any] = {"role": "assistant", "content": _joined(blocks, "text")}
    if thought := _joined(blocks, "thinking"):
        said["reasoning_content"] = thought
    if calls := [_call(block) for block in blocks if block.get("type") == "tool_use"]:
        said["tool_calls"] = calls
    finish = _FINISHES.get(str(told.get("stop_reason")), "stop")
    choice = {"index": 0, "message": said, "logprobs": None, "finish_reason": finish}
    found: dict[str, Any] = {"created": 0, "model": str(told.get("model")), "choices": [choice]}
    if isinstance(tokens := told.get("usage"), dict):
        found["usage"] = _usage(tokens).as_object()
    return found


def _usage(tokens: Mapping[str, Any]) -> Usage:
    names = ("input_tokens", "cache_read_input_tokens", "output_tokens")
    new, cached, written = (count if type(count := tokens.get(n)) is int else 0 for n in names)
    return Usage(new + cached, written, cached)


def _joined(blocks: list[dict[str, Any]], kind: str) -> str:
    return "".join(str(block.get(kind, "")) for block in blocks if block.get("type") == kind)


def _call(block: Mapping[str, Any]) -> dict[str, Any]:
    given = block.get("input")
    arguments = given if isinstance(given, str) else compact_json.dumps(given).decode()
    function = {"name": str(block.get("name")), "arguments": arguments}
    return {"id": str(block.get("id")), "type": "function", "function": function}


def _of_events(stream: bytes) -> dict[str, Any]:
    told: dict[str, Any] = {}
    pieces: list[list[str]] = []
    for event in _events(stream):
        match event.get("type"):
            case "message_start":
                told = dict(event["message"], content=[])
            case "content_block_start":
                told["content"].append(dict(event["content_block"]))
                pieces.append([])
            case "content_block_delta" if event["delta"]["type"] in _WORDS:
                key, where = _WORDS[event["delta"]["type"]]
                pieces[-1].append(event["delta"][where])
                told["content"][-1][key] = ""
            case "message_delta":
                told |= event["delta"]
                told["usage"] = event["usage"]
    for block, said in zip(told.get("content", ()), pieces, strict=True):
        for key in ("text", "thinking", "input"):
            if said and block.get(key) == "":
                block[key] = "".join(said)
    return told


def _events(stream: bytes) -> Iterator[dict[str, Any]]:
    """Those of a stream of ours; what is no event of it raises ValueError."""
    decoder = sse.Decoder(max(len(stream), 1))
    try:
        for data in (*decoder.feed(stream), *decoder.end()):
            event = strict_json.loads(data)
            if isinstance(event, dict):
                yield event
    except (ValueError, GigaGateError):
        return
