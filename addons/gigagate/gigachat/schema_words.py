"""What GigaChat's subset of JSON Schema has no keyword for, said to the model in words.

A shape that is told inside a description is JSON in a JSON string, so each level of nesting doubles
its quotes: what gets too long is told by its type alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MAX_SHAPE = 4000
"""Characters of a shape that is told in words."""

_HUGE = 2**53 - 1
"""Generators write JavaScript's largest safe integer where they mean "no bound"."""

_IN_WORDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "length at least {}",
    "maxLength": "length at most {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "pattern": "pattern: {}",
    "format": "format: {}",
    "default": "default: {}",
    "propertyNames": "names of the keys: {}",
}

Schema = Mapping[str, Any]

in_json = json.JSONEncoder(ensure_ascii=False).encode


def constraints(plain: Schema) -> Iterator[str]:
    if allows_null(plain):
        yield "may be null"
    for keyword, value in plain.items():
        words = _IN_WORDS.get(keyword)
        if words and _means_something(keyword, value):
            yield words.format(value if isinstance(value, str) else in_json(value))


def allows_null(plain: Schema) -> bool:
    """By a value that is allowed, or as OpenAPI says it."""
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


def alternatives(variants: Sequence[Schema]) -> list[str]:
    """Which properties go together, of objects merged into one: {kind: "cat", lives, name?}."""
    told = list(dict.fromkeys(map(_keys, variants)))
    in_words = " or ".join(told)
    return [f"one of: {in_words}"] if len(told) > 1 and len(in_words) <= MAX_SHAPE else []


def _keys(variant: Schema) -> str:
    properties, required = variant.get("properties"), variant.get("required")
    told = []
    for name, schema in properties.items() if isinstance(properties, dict) else ():
        needed = isinstance(required, list) and name in required
        told.append(name + ("" if needed else "?") + _only_value(schema))
    return f"{{{', '.join(told)}}}"


def _only_value(schema: object) -> str:
    values = _allowed(schema) if isinstance(schema, dict) else None
    return f": {in_json(values[0])}" if isinstance(values, list) and len(values) == 1 else ""


def _allowed(schema: Schema) -> object:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _means_something(keyword: str, value: object) -> bool:
    if keyword == "default":
        return value is not None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) < _HUGE and not (value == 0 and keyword in ("minLength", "minItems"))
    return isinstance(value, str | dict)
