"""Google's form of a schema -> JSON Schema.

Types are in capitals there, numbers may be texts, and names may be spelt in two ways.  What is JSON
Schema already passes as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.dialects.gemini.fields import spelt

MAX_DEPTH = 64
"""Schemas within schemas; one below is any value."""

_LENGTHS = frozenset(
    {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}
)
_GOOGLES = frozenset({"propertyOrdering"})
_NO_TYPE = "TYPE_UNSPECIFIED"


def json_schema(given: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Never raises."""
    if depth > MAX_DEPTH:
        return {}
    schema: dict[str, Any] = {}
    for name, value in spelt(given).items():
        if name in _GOOGLES or value is None or (name == "format" and value == "enum"):
            continue
        if name == "type":
            if value != _NO_TYPE:
                schema["type"] = _lower(value)
        elif name in _LENGTHS:
            schema[name] = _number(value)
        elif (reader := _READERS.get(name)) is not None:
            schema[name] = reader(value, depth + 1)
        else:
            schema[name] = value
    return schema


def _one(value: Any, depth: int) -> Any:
    return json_schema(value, depth) if isinstance(value, dict) else value


def _named(value: Any, depth: int) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _one(schema, depth) for name, schema in value.items()}


def _several(value: Any, depth: int) -> Any:
    return [_one(schema, depth) for schema in value] if isinstance(value, list) else value


def _one_or_several(value: Any, depth: int) -> Any:
    return _several(value, depth) if isinstance(value, list) else _one(value, depth)


_READERS: Mapping[str, Callable[[Any, int], Any]] = {
    "properties": _named,
    "$defs": _named,
    "definitions": _named,
    "patternProperties": _named,
    "items": _one_or_several,
    "additionalProperties": _one,
    "not": _one,
    "anyOf": _several,
    "oneOf": _several,
    "allOf": _several,
    "prefixItems": _several,
}
"""Keyword -> how the schemas in it are found."""


def _lower(value: Any) -> Any:
    if isinstance(value, list):
        return [_lower(kind) for kind in value if kind != _NO_TYPE]
    return value.lower() if isinstance(value, str) else value


def _number(value: Any) -> Any:
    """Google's 64-bit integers are texts in JSON."""
    return int(value) if isinstance(value, str) and value.isdecimal() else value
