"""Whether what we write is a response, by two strict judges: Open Responses' types and openai's.

Open Responses knows functions as the only tools and their calls as the only calls, and takes no
schema of a format back: what OpenAI has beyond it is left to openai's own types.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

import openresponses_types as open_responses
from openai.types.responses import CompactedResponse, Response, ResponseItem, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

_ITEMS = ("message", "function_call", "function_call_output", "reasoning", "compaction")


@cache
def _openai_events() -> dict[str, type[BaseModel]]:
    """By the event's type."""
    union, *_ = get_args(ResponseStreamEvent)
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(union)}


@cache
def _open_events() -> dict[str, type[BaseModel]]:
    """By the event's type."""
    found: dict[str, type[BaseModel]] = {}
    for name, model in vars(open_responses).items():
        if name.endswith("StreamingEvent"):
            (kind,) = (member.value for member in model.model_fields["type"].annotation)
            found[kind] = model
    return found


def check_response(response: dict[str, Any]) -> Response:
    check_open(response)
    return Response.model_validate_json(json.dumps(response), strict=True)


def check_open(response: dict[str, Any]) -> None:
    open_responses.ResponseResource.model_validate_json(json.dumps(_known(response)), strict=True)


def check_compacted(compacted: dict[str, Any]) -> None:
    """openai's type has no place for the user's messages, which OpenAI gives all the same."""
    check_items(compacted["output"])
    items = [item for item in compacted["output"] if item.get("role") != "user"]
    shown = json.dumps(compacted | {"output": items})
    CompactedResponse.model_validate_json(shown, strict=True)


def check_items(items: list[dict[str, Any]]) -> None:
    TypeAdapter(list[ResponseItem]).validate_json(json.dumps(items), strict=True)


def check_events(events: list[dict[str, Any]]) -> None:
    """Every one of them, their numbers, and what ties them together."""
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    for event in events:
        _openai_events()[event["type"]].model_validate_json(json.dumps(event), strict=True)
        model = _open_events().get(event["type"])
        if model is not None and event.get("item", {}).get("type", "message") in _ITEMS:
            shown = event | ({"response": _known(event["response"])} if "response" in event else {})
            model.model_validate_json(json.dumps(shown), strict=True)
        else:
            assert "item" in event or ".custom_tool_call_input." in event["type"], event["type"]
    _check_order(events)


def read(stream: bytes) -> list[dict[str, Any]]:
    """The events of a stream, their names compared with their types."""
    return list(_read(stream))


def _read(stream: bytes) -> Iterator[dict[str, Any]]:
    *blocks, rest = stream.decode().split("\n\n")
    assert rest == ""
    for block in blocks:
        if block.startswith(": "):
            continue
        name, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        yield event


def _check_order(events: list[dict[str, Any]]) -> None:
    """Items open and close one by one, and are in the end what they were when they closed."""
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["response.created", "response.in_progress"]
    assert len({event["response"]["id"] for event in events if "response" in event}) == 1
    done: list[dict[str, Any]] = []
    opened: dict[str, Any] | None = None
    pieces = ""
    for event in events:
        if event["type"] == "response.output_item.added":
            assert opened is None
            opened, pieces = event["item"], ""
        elif event["type"].endswith(".delta"):
            pieces += event["delta"]
        elif event["type"] == "response.output_item.done":
            assert opened is not None and opened["id"] == event["item"]["id"]
            assert pieces == _said(event["item"])
            done.append(event["item"])
            opened = None
        if "output_index" in event:
            assert event["output_index"] == len(done) - (
                event["type"] == "response.output_item.done"
            )
    last = next(event for event in reversed(events) if "response" in event)
    assert last["response"]["output"] == done


def _said(item: dict[str, Any]) -> str:
    for key in ("arguments", "input"):
        if isinstance(item.get(key), str):
            return str(item[key])
    parts = item.get("content") or item.get("summary") or []
    return "".join(part["text"] for part in parts)


def _known(response: dict[str, Any]) -> dict[str, Any]:
    """What Open Responses has no form for is taken out."""
    known = dict(response)
    known["tools"] = [
        {"description": None, "parameters": None, "strict": None} | tool
        for tool in known["tools"]
        if tool["type"] == "function"
    ]
    known["output"] = [item for item in known["output"] if item["type"] in _ITEMS]
    form = known["text"]["format"]
    if "schema" in form:
        known["text"] = {"format": form | {"schema": None}}
    return known
