"""OpenAI's bytes in the pivot's terms, for people: chat completions and the older completions."""

from collections.abc import Mapping
from typing import Any, cast

from gigagate.core.any_json import list_of, number_of, object_of, text_of
from gigagate.core.pivot import Chat, Usage
from gigagate.dialects.reading import Said, SaidChoice, events, is_whole, object_in


def chat(body: bytes, path: str) -> Chat:
    """Raises ValueError if it is none.  What is in it is not checked."""
    asked = object_in(body)
    if "prompt" in asked and "messages" not in asked:
        rest = {name: value for name, value in asked.items() if name != "prompt"}
        return cast(Chat, rest | {"messages": [{"role": "user", "content": asked["prompt"]}]})
    if not isinstance(asked.get("messages"), list):
        raise ValueError("This request is no chat: it has no list of messages.")
    return cast(Chat, asked)


def answer(body: bytes) -> Said:
    """Raises ValueError if it is none."""
    said = Said()
    if is_whole(body):
        _take(said, object_in(body), "message")
    else:
        said.complete = False
        for event in events(said, body):
            _take(said, event, "delta")
    if not (said.choices or said.events or said.error is not None):
        raise ValueError("This is no chat answer: it has neither choices nor an error.")
    return said


def _take(said: Said, told: Mapping[str, Any], key: str) -> None:
    if isinstance(model := told.get("model"), str):
        said.model = model
    if tokens := object_of(told.get("usage")):
        said.usage = _usage(tokens)
    if "error" in told:
        said.fail(told["error"])
    for place, given in enumerate(list_of(told.get("choices"))):
        given = object_of(given)
        index = given.get("index")
        choice = said.choice(index if type(index) is int else place)
        if isinstance(reason := given.get("finish_reason"), str):
            choice.finish_reason = reason
        if text := given.get("text"):
            choice.text.append(text_of(text))
        _take_message(choice, object_of(given.get(key)))


def _take_message(choice: SaidChoice, message: Mapping[str, Any]) -> None:
    if content := message.get("content"):
        choice.text.append(text_of(content))
    if reasoning := message.get("reasoning_content"):
        choice.reasoning.append(text_of(reasoning))
    for cited in list_of(message.get("annotations")):
        choice.cite(object_of(object_of(cited).get("url_citation")))
    for place, given in enumerate(map(object_of, list_of(message.get("tool_calls")))):
        index = given.get("index")
        _take_call(choice, index if type(index) is int else place, given.get("function"))
    if older := message.get("function_call"):
        _take_call(choice, 0, older)


def _take_call(choice: SaidChoice, place: int, function: object) -> None:
    called = object_of(function)
    choice.call(place, text_of(called.get("name"))).append(text_of(called.get("arguments")))


def _usage(tokens: Mapping[str, Any]) -> Usage:
    cached = object_of(tokens.get("prompt_tokens_details")).get("cached_tokens")
    counts = (tokens.get("prompt_tokens"), tokens.get("completion_tokens"), cached)
    return Usage(*map(number_of, counts))
