"""The kinds of message parts that GigaChat has nothing for, and what becomes of each in a history.

A history moves between models and clients, and nobody can change it any more: what another model
thought, called or saw must not end the conversation. What carried something is told in words.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from gigagate.core import compact_json

AnyPart = Mapping[str, Any]


class PartKind(NamedTuple):
    """A kind of part that is refused in what is asked now, and with `strict`."""

    words: Callable[[AnyPart], str]
    """What stands in its place in a history; "" for nothing."""
    about: str
    """The same, for people."""


def in_words(part: AnyPart) -> str:
    """part: of no kind that is translated."""
    kind = part.get("type")
    return PART_KINDS.get(kind if isinstance(kind, str) else "", UNKNOWN).words(part)


def _nothing(part: AnyPart) -> str:
    return ""


def _call(part: AnyPart) -> str:
    name = _first(part, "name", "toolName")
    arguments = part.get("input", part.get("args"))
    if not name:
        return ""
    told = "" if arguments is None else f" with {_json(arguments)}"
    return f"(Called {name}{told}.)"


def _result(part: AnyPart) -> str:
    name = _first(part, "name", "toolName")
    given = part.get("content", part.get("output", part.get("result")))
    if isinstance(given, str):
        said = given
    elif isinstance(given, list):
        said = "\n".join(_said_in(given))
    else:
        said = "" if given is None else _json(given)
    of = f" of {name}" if name else ""
    return f"(Result{of}:)\n{said}" if said else ""


def _picture(part: AnyPart) -> str:
    return "(A picture is left out here.)"


def _recording(part: AnyPart) -> str:
    return "(A recording is left out here.)"


def _resource(part: AnyPart) -> str:
    inner = part.get("resource")
    of = inner if isinstance(inner, dict) else part
    name = _first(of, "uri", "name", "title")
    text = _first(of, "text")
    if text:
        return f"({name})\n{text}" if name else text
    return f"(The resource {name} is left out here.)" if name else "(A resource is left out here.)"


def _document(part: AnyPart) -> str:
    source = part.get("source")
    given = source if isinstance(source, dict) else {}
    text = _first(given, "data") if given.get("type") == "text" else ""
    return text or "(A document is left out here.)"


def _unknown(part: AnyPart) -> str:
    kind = part.get("type")
    said = _first(part, "text")
    if said or not isinstance(kind, str):
        return said
    return f"(A part of the kind {kind[:64]} is left out here.)"


def _json(value: object) -> str:
    try:
        return compact_json.dumps_whole(value).decode()
    except RecursionError:
        return "what is nested too deep"


def _first(part: AnyPart, *names: str) -> str:
    return next((part[n] for n in names if isinstance(part.get(n), str) and part[n]), "")


def _said_in(parts: list[Any]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"]


_THOUGHT = PartKind(_nothing, "left out")
_CALL = PartKind(_call, "told in words: name and arguments")
_RESULT = PartKind(_result, "told in words: its text")
_RECORDING = PartKind(_recording, "told in words: that there was one")

UNKNOWN = PartKind(_unknown, "its `text`, or told in words: of which kind it was")

PART_KINDS: Mapping[str, PartKind] = {
    "think": _THOUGHT,
    "thinking": _THOUGHT,
    "redacted_thinking": _THOUGHT,
    "reasoning": _THOUGHT,
    "reasoning_text": _THOUGHT,
    "summary_text": _THOUGHT,
    "tool_use": _CALL,
    "tool-call": _CALL,
    "tool_result": _RESULT,
    "tool-result": _RESULT,
    "image": PartKind(_picture, "told in words: that there was one"),
    "audio": _RECORDING,
    "video": _RECORDING,
    "video_url": _RECORDING,
    "resource": PartKind(_resource, "its text, or told in words: its address"),
    "resource_link": PartKind(_resource, "told in words: its address"),
    "document": PartKind(_document, "its text, or told in words: that there was one"),
}
"""Kinds that other APIs and tools write; any other is UNKNOWN."""
