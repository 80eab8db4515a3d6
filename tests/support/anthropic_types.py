"""Anthropic's own types, strictly: what they do not name must not be there either."""

import json
from collections.abc import Iterator
from typing import Any

from anthropic.types import ErrorResponse, Message, ModelInfo, RawMessageStreamEvent
from pydantic import BaseModel, TypeAdapter

_EVENT: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)


def strict_message(body: bytes) -> Message:
    return _nothing_more(Message.model_validate_json(body, strict=True))


def strict_error(body: bytes) -> ErrorResponse:
    """The API documents a type that the types of its SDK have not."""
    known = body.replace(b'"request_too_large"', b'"invalid_request_error"')
    return _nothing_more(ErrorResponse.model_validate_json(known, strict=True))


def strict_model(entry: dict[str, Any]) -> ModelInfo:
    return _nothing_more(ModelInfo.model_validate_json(json.dumps(entry), strict=True))


def strict_events(stream: bytes) -> list[dict[str, Any]]:
    """Every event of a stream, each with its own line `event:`, in the order that the API keeps."""
    found = list(_events(stream))
    said = [event for event in found if event["type"] != "ping"]
    for event in said:
        if event["type"] == "error":
            strict_error(json.dumps(event).encode())
        else:
            _nothing_more(_EVENT.validate_json(json.dumps(event), strict=True))
    _in_order(said)
    return found


def _events(stream: bytes) -> Iterator[dict[str, Any]]:
    assert stream.endswith(b"\n\n")
    for block in stream.removesuffix(b"\n\n").split(b"\n\n"):
        if block.startswith(b":"):
            continue
        name, data = block.split(b"\n")
        event: dict[str, Any] = json.loads(data.removeprefix(b"data: "))
        assert name == f"event: {event['type']}".encode()
        yield event


def _in_order(events: list[dict[str, Any]]) -> None:
    kinds = [event["type"] for event in events]
    if kinds[0] == "error":
        assert len(kinds) == 1
        return
    assert kinds[0] == "message_start"
    assert kinds.count("message_start") == 1
    if kinds[-1] == "error":
        return
    assert kinds[-2:] == ["message_delta", "message_stop"]
    open_block, blocks = False, 0
    for event in events[1:-2]:
        assert event["index"] == blocks
        match event["type"]:
            case "content_block_start":
                assert not open_block
                open_block = True
            case "content_block_delta":
                assert open_block
            case "content_block_stop":
                assert open_block
                open_block, blocks = False, blocks + 1
            case other:
                raise AssertionError(other)
    assert not open_block


def _nothing_more[M: BaseModel](model: M) -> M:
    _walk(model, type(model).__name__)
    return model


def _walk(value: object, path: str) -> None:
    if isinstance(value, BaseModel):
        assert not value.model_extra, f"{path}: {value.model_extra}"
        for name, inner in value:
            _walk(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _walk(inner, f"{path}[{index}]")
