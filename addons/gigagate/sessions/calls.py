"""What an answer called, and the result that the client sent with a later request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gigagate.core.any_json import object_of, text_of
from gigagate.dialects.reading import SaidChoice
from gigagate.views import calls

RESULTS = ("tool", "function")


@dataclass(slots=True)
class Call:
    name: str
    arguments: str
    result: str | None = None
    """None: none has come, or the client sends results in a form of its own."""


def made(choice: SaidChoice) -> list[Call]:
    return [Call(name, "".join(pieces)) for _, (name, pieces) in sorted(choice.calls.items())]


def told(message: Mapping[str, Any]) -> list[Call]:
    """Those that stand in a message of a history."""
    return [Call(name, text_of(arguments)) for _, name, arguments in calls.in_message(message)]


def content_of(message: Mapping[str, Any]) -> str:
    """The text of a message; what is none, such as a picture, is named."""
    content = message.get("content")
    if not isinstance(content, list):
        return text_of(content)
    return "\n".join(_part(part) for part in content)


def answered(waiting: Sequence[Call], added: Sequence[Mapping[str, Any]]) -> list[int]:
    """Gives calls their results; returns the places of the messages that were results of theirs.

    added: beginning with GigaChat's answer as the client has kept it, which holds the ids.
    """
    ids = [
        call_id
        for message in added
        if message.get("role") == "assistant"
        for call_id, _, _ in calls.in_message(message)
    ]
    places = []
    for place, name, call_id in _results(added):
        for index, call in enumerate(waiting):
            known = ids[index] if index < len(ids) else ""
            if call.result is None and (call_id == known if call_id else name == call.name):
                call.result = content_of(added[place])
                places.append(place)
                break
    return places


def _results(added: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str, str]]:
    for place, message in enumerate(added):
        if message.get("role") in RESULTS:
            yield place, text_of(message.get("name")), text_of(message.get("tool_call_id"))


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    given = object_of(part)
    if isinstance(text := given.get("text"), str):
        return text
    return f"[{text_of(given.get('type')) or 'part'}]"
