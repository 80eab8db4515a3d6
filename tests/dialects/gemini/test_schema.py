"""Google's form of a schema, as JSON Schema."""

from typing import Any

import pytest

from gigagate.dialects.gemini.schema import MAX_DEPTH, json_schema

S = {"type": "string"}


@pytest.mark.parametrize(
    ("given", "schema"),
    [
        ({"type": "STRING"}, S),
        ({"type": "TYPE_UNSPECIFIED"}, {}),
        ({"type": ["STRING", "NULL"]}, {"type": ["string", "null"]}),
        ({"type": "STRING", "format": "enum", "enum": ["A"]}, {**S, "enum": ["A"]}),
        ({"type": "STRING", "format": "date-time"}, {**S, "format": "date-time"}),
        ({"type": "STRING", "nullable": True}, {**S, "nullable": True}),
        (
            {"type": "STRING", "maxLength": "5", "min_length": "1"},
            {**S, "maxLength": 5, "minLength": 1},
        ),
        (
            {"type": "ARRAY", "items": {"type": "INTEGER"}, "max_items": "3"},
            {"type": "array", "items": {"type": "integer"}, "maxItems": 3},
        ),
        (
            {
                "type": "OBJECT",
                "properties": {"first_name": {"type": "STRING"}, "type": {"type": "NUMBER"}},
                "required": ["first_name"],
                "propertyOrdering": ["type", "first_name"],
            },
            {
                "type": "object",
                "properties": {"first_name": S, "type": {"type": "number"}},
                "required": ["first_name"],
            },
        ),
        ({"any_of": [{"type": "STRING"}, {"type": "NULL"}]}, {"anyOf": [S, {"type": "null"}]}),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"type": "STRING"}}},
            {"$ref": "#/$defs/a", "$defs": {"a": S}},
        ),
        (
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
        ),
        (
            {"type": 7, "properties": 7, "items": None, "anyOf": 7, "maxItems": "x"},
            {"type": 7, "properties": 7, "anyOf": 7, "maxItems": "x"},
        ),
    ],
)
def test_schemas(given: dict[str, Any], schema: dict[str, Any]) -> None:
    assert json_schema(given) == schema
    assert json_schema(schema) == schema


def test_a_schema_without_end_is_cut() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50_000):
        deep = {"items": deep}
    found = json_schema(deep)
    for _ in range(MAX_DEPTH):
        found = found["items"]
    assert found == {"items": {}}
