"""What GigaChat's subset of JSON Schema has no keyword for, said to the model in words.

A shape that is told inside a description is JSON in a JSON string, so each level of nesting doubles
its quotes: what gets too long is told by its type alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gigagate.gigachat.schema_keywords import FLAGS, IN_WORDS

MAX_SHAPE = 4000
"""Characters of a shape, or of a value, that is told in words."""

_HUGE = 2**53 - 1
"""Generators write JavaScript's largest safe integer where they mean "no bound"."""

_LOWEST_LENGTHS = frozenset({"minLength", "minItems", "minProperties"})

Schema = Mapping[str, Any]

_encode = json.JSONEncoder(ensure_ascii=False).encode


def in_json(value: object) -> str:
    """ "…" for what is nested too deep to be written."""
    try:
        return _encode(value)
    except RecursionError:
        return "…"


def constraints(plain: Schema) -> Iterator[str]:
    if allows_null(plain):
        yield "may be null"
    for keyword, value in plain.items():
        words = IN_WORDS.get(keyword)
        if words and _means_something(keyword, value):
            yield words.format(_told(keyword, value))


def allows_null(plain: Schema) -> bool:
    """Whether a null is allowed, by the values or in OpenAPI's way."""
    values = _allowed(plain)
    return plain.get("nullable") is True or (isinstance(values, list) and None in values)


def described(description: object, hints: Sequence[str]) -> str:
    """The hints in brackets after the description."""
    text = description if isinstance(description, str) else ""
    if not hints:
        return text
    in_words = "; ".join(dict.fromkeys(hints))
    return f"{text} ({in_words})" if text else in_words


def shape(node: Schema) -> str:
    """A cleaned schema in a few words: its type where that is all it says, else as JSON."""
    kind: str = node["type"]
    if len(node) == 1:
        return kind
    told = in_json(node)
    return told if len(told) <= MAX_SHAPE else kind


def cut(text: str) -> str:
    return text if len(text) <= MAX_SHAPE else f"{text[:MAX_SHAPE]}…"


def alternatives(variants: Sequence[Schema]) -> list[str]:
    """Which properties go together, of objects merged into one: {kind: "cat", lives, name?}."""
    return _one_of(map(_keys, variants))


def bounds(variants: Sequence[Schema]) -> list[str]:
    """What scalars of one type, merged into one, are each bound to."""
    told = ["; ".join(constraints(variant)) or "any" for variant in variants]
    return _one_of(told)


def _one_of(variants: Iterator[str] | Sequence[str]) -> list[str]:
    told = list(dict.fromkeys(variants))
    in_words = " or ".join(told)
    return [f"one of: {in_words}"] if len(told) > 1 and len(in_words) <= MAX_SHAPE else []


def _keys(variant: Schema) -> str:
    given, needed = variant.get("properties"), variant.get("required")
    properties = given if isinstance(given, dict) else {}
    required = dict.fromkeys(
        name for name in (needed if isinstance(needed, list) else ()) if isinstance(name, str)
    )
    told = [
        name + ("" if name in required else "?") + _only_value(schema)
        for name, schema in properties.items()
    ]
    told += [name for name in required if name not in properties]
    return f"{{{', '.join(told)}}}"


def _only_value(schema: object) -> str:
    values = _allowed(schema) if isinstance(schema, dict) else None
    return f": {in_json(values[0])}" if isinstance(values, list) and len(values) == 1 else ""


def _allowed(schema: Schema) -> object:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _told(keyword: str, value: object) -> str:
    if isinstance(value, str):
        return cut(value)
    if keyword == "examples" and isinstance(value, list):
        return cut(", ".join(map(in_json, value)))
    return cut(in_json(value))


def _means_something(keyword: str, value: object) -> bool:
    if keyword in FLAGS:
        return value is True
    if keyword in ("default", "example"):
        return value is not None
    if keyword == "examples":
        return bool(value) and isinstance(value, list)
    if isinstance(value, bool):
        return keyword in ("contains", "not", "propertyNames")
    if isinstance(value, int | float):
        return abs(value) < _HUGE and not (value == 0 and keyword in _LOWEST_LENGTHS)
    return isinstance(value, str | dict | list) and value != {}
