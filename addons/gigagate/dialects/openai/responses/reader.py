"""The Responses API's bytes in the pivot's terms, for people: views, the prompts log, fixtures."""

from collections.abc import Mapping
from typing import Any, cast

from gigagate.core.any_json import list_of, number_of, object_of, text_of
from gigagate.core.notes import Notes
from gigagate.core.pivot import Chat, Usage
from gigagate.core.policy import Policy
from gigagate.core.shelf import Shelf
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai.responses import items
from gigagate.dialects.openai.responses.asked import Asked
from gigagate.dialects.reading import Said, SaidChoice, events, is_whole, joined, object_in
from gigagate.errors import GigaGateError

_KEPT = ("previous_response_id", "conversation")
"""What refers to something that is not in the request."""
_STAND_IN = "all that was said is elsewhere"
_FINISHES: Mapping[str, str] = {"max_output_tokens": "length", "content_filter": "content_filter"}
_PIECES = (
    "response.function_call_arguments.delta",
    "response.custom_tool_call_input.delta",
)


def chat(body: bytes, path: str) -> Chat:
    """What it refers to is named, not shown.  Raises ValueError if it cannot be answered."""
    try:
        asked = parse_object(body)
        elsewhere = {name: asked.pop(name) for name in _KEPT if asked.get(name) is not None}
        given = items.as_list(asked["input"]) if "input" in asked else []
        if referred := [item.get("id") for item in given if _is_reference(item)]:
            elsewhere["item_references"] = referred
        said = [_shown(item) for item in given if not _is_reference(item)]
        asked["input"] = said or (_STAND_IN if elsewhere else given)
        shelf = Shelf(keeps=False)
        found = Asked(asked, Policy(), Notes(), shelf, client="", request_id="0" * 32).chat
        if elsewhere and not said:
            found["messages"].pop()
    except GigaGateError as error:
        raise ValueError(error.message) from None
    except RecursionError:
        raise ValueError("nested too deep") from None
    return cast(Chat, found | elsewhere)


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    """A summary that only the proxy can open is named, for its place in the history says much."""
    if item.get("type") != "compaction":
        return item
    return {"type": "message", "role": "user", "content": f"{items.SUMMARY}[sealed]"}


def _is_reference(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "item_reference" or item.keys() == {"id"}


def answer(body: bytes) -> Said:
    """Raises ValueError if it is none."""
    said = Said()
    if is_whole(body):
        told = object_in(body)
        if text_of(told.get("object")).startswith("response"):
            _take_items(said.choice(), told)
            _take_response(said, told)
        elif "error" in told:
            said.fail(told["error"])
    else:
        said.complete = False
        for event in events(said, body):
            _take_event(said, event)
    if not said.choices and said.error is None:
        raise ValueError("This is no response of OpenAI's API, and no error.")
    return said


def _take_event(said: Said, event: Mapping[str, Any]) -> None:
    kind, place = text_of(event.get("type")), number_of(event.get("output_index"))
    piece = text_of(event.get("delta"))
    match kind:
        case "response.output_text.delta":
            said.choice().text.append(piece)
        case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
            said.choice().reasoning.append(piece)
        case "response.output_text.annotation.added":
            said.choice().cite(object_of(event.get("annotation")))
        case "response.output_item.added":
            item = object_of(event.get("item"))
            if _is_call(item):
                said.choice().call(place, _name(item))
        case "response.output_item.done":
            item = object_of(event.get("item"))
            if _is_call(item) and not said.choice().call(place, _name(item)):
                _take_item(said.choice(), place, item)
        case "error":
            said.fail(event.get("error") or event)
        case _ if kind in _PIECES:
            said.choice().call(place, "").append(piece)
        case _ if "response" in event:
            said.choice()
            _take_response(said, object_of(event["response"]))
            said.complete = kind in ("response.completed", "response.incomplete", "response.failed")


def _take_response(said: Said, response: Mapping[str, Any]) -> None:
    """All but its items."""
    said.model = text_of(response.get("model")) or said.model
    choice = said.choice()
    match response.get("status"):
        case "completed":
            choice.finish_reason = "tool_calls" if choice.calls else "stop"
        case "incomplete":
            why = text_of(object_of(response.get("incomplete_details")).get("reason"))
            choice.finish_reason = _FINISHES.get(why, why)
    if error := response.get("error"):
        said.fail(error)
    if tokens := object_of(response.get("usage")):
        cached = object_of(tokens.get("input_tokens_details")).get("cached_tokens")
        counts = (tokens.get("input_tokens"), tokens.get("output_tokens"), cached)
        said.usage = Usage(*map(number_of, counts))


def _take_items(choice: SaidChoice, response: Mapping[str, Any]) -> None:
    for place, item in enumerate(list_of(response.get("output"))):
        _take_item(choice, place, object_of(item))


def _take_item(choice: SaidChoice, place: int, item: Mapping[str, Any]) -> None:
    if _is_call(item):
        given = next((item[key] for key in ("arguments", "input", "action") if key in item), None)
        choice.call(place, _name(item)).append(text_of(given or item.get("operation")))
    elif item.get("type") == "message":
        choice.text.append(joined(item.get("content"), "output_text", "input_text"))
        for part in map(object_of, list_of(item.get("content"))):
            for cited in list_of(part.get("annotations")):
                choice.cite(object_of(cited))
    elif item.get("type") == "reasoning":
        choice.reasoning.append(joined(item.get("summary"), "summary_text"))


def _is_call(item: Mapping[str, Any]) -> bool:
    return text_of(item.get("type")).endswith("_call")


def _name(item: Mapping[str, Any]) -> str:
    return text_of(item.get("name")) or text_of(item.get("type")).removesuffix("_call")
