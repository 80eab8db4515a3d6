"""Gemini's bytes in the pivot's terms, for people: views, the prompts log, fixtures."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import unquote

from gigagate.core.any_json import list_of, number_of, object_of, parsed, text_of
from gigagate.core.notes import Notes
from gigagate.core.paths import normalise
from gigagate.core.pivot import Chat, Usage
from gigagate.core.policy import Policy
from gigagate.dialects.gemini.asked import Asked
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.reading import Said, SaidChoice, events, is_whole, object_in
from gigagate.errors import GigaGateError

_FINISHES: Mapping[str, str] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
}
_VERB = re.compile(r":[A-Za-z]+$")
"""What is done with a model, behind its name in the path."""


def chat(body: bytes, path: str) -> Chat:
    """Raises ValueError if it is no request for content that can be answered."""
    try:
        found = Asked(parse_object(body), _model(path), Policy(), Notes())
    except GigaGateError as error:
        raise ValueError(error.message) from None
    except RecursionError:
        raise ValueError("nested too deep") from None
    return cast(Chat, found.chat | {"model": found.model})


def _model(path: str) -> str:
    return unquote(_VERB.sub("", normalise(path).removeprefix("/models/")))


def answer(body: bytes) -> Said:
    """Raises ValueError if it is none."""
    said = Said()
    if is_whole(body):
        _take(said, object_in(body))
    else:
        array = body[:100].lstrip()[:1] == b"["
        for piece in _items(said, body) if array else events(said, body):
            _take(said, piece)
        said.complete = any(choice.finish_reason for choice in said.choices.values())
    if said.model is None and said.error is None:
        raise ValueError("This is no answer of Gemini's API, and no error.")
    return said


def _items(said: Said, body: bytes) -> Iterator[Mapping[str, Any]]:
    """Those of an array that is written as it comes: between them is a break of lines, and none in
    them."""
    inner = body.strip().removeprefix(b"[").removesuffix(b"]").removesuffix(b",")
    for piece in inner.split(b",\r\n"):
        try:
            item = object_of(parsed(piece))
        except ValueError:
            continue
        said.events += 1
        yield item


def _take(said: Said, told: Mapping[str, Any]) -> None:
    if "error" in told:
        said.fail(told["error"], "status")
    if "candidates" not in told:
        return
    said.model = text_of(told.get("modelVersion"))
    if tokens := object_of(told.get("usageMetadata")):
        names = ("promptTokenCount", "candidatesTokenCount", "cachedContentTokenCount")
        said.usage = Usage(*(number_of(tokens.get(name)) for name in names))
    for index, candidate in enumerate(map(object_of, list_of(told["candidates"]))):
        choice = said.choice(index)
        for part in list_of(object_of(candidate.get("content")).get("parts")):
            _take_part(choice, object_of(part))
        grounding = object_of(candidate.get("groundingMetadata"))
        for page in list_of(grounding.get("groundingChunks")):
            choice.cite(object_of(object_of(page).get("web")), "uri")
        if isinstance(reason := candidate.get("finishReason"), str):
            found = _FINISHES.get(reason, reason)
            choice.finish_reason = "tool_calls" if found == "stop" and choice.calls else found


def _take_part(choice: SaidChoice, part: Mapping[str, Any]) -> None:
    if text := part.get("text"):
        (choice.reasoning if part.get("thought") is True else choice.text).append(text_of(text))
    if call := object_of(part.get("functionCall")):
        pieces = choice.call(len(choice.calls), text_of(call.get("name")))
        pieces.append(text_of(call.get("args")))
