"""Anthropic's bytes in the pivot's terms, for people: views, the prompts log, fixtures."""

from collections.abc import Mapping
from typing import Any, cast

from gigagate.core.any_json import list_of, number_of, object_of, text_of
from gigagate.core.notes import Notes
from gigagate.core.pivot import Chat, Usage
from gigagate.core.policy import Policy
from gigagate.dialects.anthropic.asked import Asked
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.reading import Said, SaidChoice, events, is_whole, object_in
from gigagate.errors import GigaGateError

_FINISHES: Mapping[str, str] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "refusal": "content_filter",
}
_CALLS = ("tool_use", "server_tool_use")


def chat(body: bytes, path: str) -> Chat:
    """Raises ValueError if it is no request for a message that can be answered."""
    try:
        return cast(Chat, Asked(parse_object(body), Policy(), Notes()).chat)
    except GigaGateError as error:
        raise ValueError(error.message) from None
    except RecursionError:
        raise ValueError("nested too deep") from None


def answer(body: bytes) -> Said:
    """Raises ValueError if it is none."""
    said = Said()
    if is_whole(body):
        _take_whole(said, object_in(body))
    else:
        said.complete = False
        for event in events(said, body):
            _take_event(said, event)
    if said.model is None and said.error is None:
        raise ValueError("This is no message of Anthropic's API, and no error.")
    return said


def _take_whole(said: Said, told: Mapping[str, Any]) -> None:
    if told.get("type") == "error":
        said.fail(told.get("error"), "type")
    elif told.get("type") == "message":
        _take_message(said, told)
        for place, block in enumerate(list_of(told.get("content"))):
            _take_block(said.choice(), place, object_of(block))


def _take_event(said: Said, event: Mapping[str, Any]) -> None:
    place = number_of(event.get("index"))
    match event.get("type"):
        case "message_start":
            _take_message(said, object_of(event.get("message")))
        case "content_block_start":
            _take_block(said.choice(), place, object_of(event.get("content_block")))
        case "content_block_delta":
            _take_delta(said.choice(), place, object_of(event.get("delta")))
        case "message_delta":
            _take_end(said, object_of(event.get("delta")), object_of(event.get("usage")))
        case "message_stop":
            said.complete = True
        case "error":
            said.fail(event.get("error"), "type")


def _take_message(said: Said, message: Mapping[str, Any]) -> None:
    said.model = text_of(message.get("model"))
    _take_end(said, message, object_of(message.get("usage")))


def _take_end(said: Said, message: Mapping[str, Any], tokens: Mapping[str, Any]) -> None:
    if isinstance(reason := message.get("stop_reason"), str):
        said.choice().finish_reason = _FINISHES.get(reason, reason)
    else:
        said.choice()
    if tokens:
        names = ("input_tokens", "cache_read_input_tokens", "output_tokens")
        new, cached, written = (number_of(tokens.get(name)) for name in names)
        said.usage = Usage(new + cached, written, cached)


def _take_block(choice: SaidChoice, place: int, block: Mapping[str, Any]) -> None:
    _take_words(choice, block)
    if block.get("type") in _CALLS:
        pieces = choice.call(place, text_of(block.get("name")))
        if given := block.get("input"):
            pieces.append(text_of(given))


def _take_delta(choice: SaidChoice, place: int, delta: Mapping[str, Any]) -> None:
    _take_words(choice, delta)
    if piece := delta.get("partial_json"):
        choice.call(place, "").append(text_of(piece))


def _take_words(choice: SaidChoice, given: Mapping[str, Any]) -> None:
    """The words of a block, or of a piece of one: both have the same names.  And what is cited."""
    if text := given.get("text"):
        choice.text.append(text_of(text))
    for cited in (*list_of(given.get("citations")), given.get("citation")):
        choice.cite(object_of(cited))
    if thought := given.get("thinking"):
        choice.reasoning.append(text_of(thought))
