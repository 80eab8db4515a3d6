"""Google's own types, strictly: they take nothing that they do not name.

A stream is held to what its readers bear: no comment, no name of an event, no end mark.
"""

import json
from typing import Any

from google.genai.types import GenerateContentResponse, Model


def strict_answer(body: bytes | str) -> GenerateContentResponse:
    found = GenerateContentResponse.model_validate_json(body, strict=True)
    (candidate,) = found.candidates or ()
    assert candidate.content
    assert candidate.content.role == "model"
    assert candidate.content.parts
    return found


def strict_error(told: dict[str, Any]) -> dict[str, Any]:
    assert told.keys() == {"error"}
    error: dict[str, Any] = told["error"]
    assert error.keys() == {"code", "message", "status", "details"}
    assert isinstance(error["code"], int)
    assert error["message"]
    assert all(detail["@type"].startswith("type.googleapis.com/") for detail in error["details"])
    return error


def strict_events(stream: bytes) -> list[dict[str, Any]]:
    """Of ?alt=sse."""
    assert stream.endswith(b"\n\n")
    events = [event for event in stream.decode().split("\n\n") if event]
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    return _strict([event.removeprefix("data: ") for event in events])


def strict_array(stream: bytes) -> list[dict[str, Any]]:
    return _strict([json.dumps(item) for item in json.loads(stream)])


def strict_model(entry: dict[str, Any]) -> None:
    known = {name.replace("_", "").lower() for name in Model.model_fields}
    theirs = {name.lower() for name in entry} - {"supportedgenerationmethods"}
    assert theirs <= known
    assert entry["name"].startswith("models/")


def _strict(pieces: list[str]) -> list[dict[str, Any]]:
    """The last has the reason of the end, or is an error; no other is either."""
    found: list[dict[str, Any]] = [json.loads(piece) for piece in pieces]
    for piece, text in zip(found, pieces, strict=True):
        if "error" in piece:
            strict_error(piece)
        else:
            strict_answer(text)
    ends = ["error" in one or "finishReason" in one["candidates"][0] for one in found]
    assert ends == [False] * (len(found) - 1) + [True]
    return found
