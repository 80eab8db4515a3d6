"""Schemas of which one holds, as anyOf and oneOf mean it: those of one type become one."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from gigagate.gigachat.schema_keywords import ANNOTATIONS
from gigagate.gigachat.schema_merge import TYPES, types_of
from gigagate.gigachat.schema_words import Schema

NOTHING: dict[str, Any] = {"not": {}}
"""The schema that no value fits."""


def nothing_fits(plain: Schema) -> bool:
    return plain.get("not") in ({}, True) or plain.get("enum") == []


def anything_fits(plain: Schema) -> bool:
    return plain.keys() <= ANNOTATIONS or (
        "not" in plain and plain["not"] is False and plain.keys() <= ANNOTATIONS | {"not"}
    )


def only_null_fits(plain: Schema) -> bool:
    if types_of(plain.get("type")) == ["null"]:
        return True
    given = plain.get("enum")
    return isinstance(given, list) and bool(given) and all(value is None for value in given)


def kind_of(plain: Schema, untyped: str) -> str:
    """The first type of GigaChat's that a schema without references and unions allows."""
    for kind in types_of(plain.get("type")):
        if kind != "null":
            return kind
    if "properties" in plain:
        return "object"
    if "items" in plain or "prefixItems" in plain:
        return "array"
    values = allowed(plain)
    return _kind_of_value(values[0]) if values else untyped


def has_kind(plain: Schema) -> bool:
    return kind_of(plain, "") in TYPES


def allowed(plain: Schema) -> list[Any]:
    """What `const` or `enum` allows, without null."""
    given = plain.get("enum")
    values = [plain["const"]] if "const" in plain else given if isinstance(given, list) else []
    return [value for value in values if value is not None]


def united(kind: str, variants: Sequence[Schema]) -> Schema:
    """Variants of one type as one schema that takes them all."""
    if len(variants) == 1:
        return variants[0]
    if kind == "object":
        return _united_objects(variants)
    if kind == "array":
        return {"type": "array", "items": {"anyOf": [v.get("items", {}) for v in variants]}}
    values = [allowed(variant) for variant in variants]
    scalar: dict[str, Any] = {"type": kind}
    if all(values):
        scalar["enum"] = [value for some in values for value in some]
    return scalar


def _united_objects(variants: Sequence[Schema]) -> Schema:
    """All properties; required where every variant requires them."""
    properties: dict[str, list[Any]] = {}
    required: Counter[str] = Counter()
    for variant in variants:
        given, needed = variant.get("properties"), variant.get("required")
        for name, schema in given.items() if isinstance(given, dict) else ():
            properties.setdefault(name, []).append(schema)
        if isinstance(needed, list):
            required.update({name for name in needed if isinstance(name, str)})
    return {
        "type": "object",
        "properties": {
            name: schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
            for name, schemas in properties.items()
        },
        "required": [name for name in required if required[name] == len(variants)],
    }


def _kind_of_value(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, dict):
        return "object"
    return "array" if isinstance(value, list) else "string"
