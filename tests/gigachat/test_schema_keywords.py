"""Every keyword of the meta-schemas has its place in the table, and means what the table says."""

from typing import Any

import pytest
from jsonschema_specifications import REGISTRY

from gigagate.gigachat.schema import cleaned
from gigagate.gigachat.schema_keywords import COMBINING, IN_WORDS, KEPT, MEANINGLESS, SHAPED

TABLE = KEPT | COMBINING | IN_WORDS.keys() | SHAPED | MEANINGLESS
_DRAFTS = (
    "http://json-schema.org/draft-04/schema",
    "http://json-schema.org/draft-07/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
)


def keywords(uri: str) -> set[str]:
    schema: dict[str, Any] = REGISTRY.contents(uri)
    found = set(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        found |= keywords(uri.rpartition("/")[0] + "/" + part["$ref"])
    return found


S: dict[str, Any] = {"type": "string"}
N: dict[str, Any] = {"type": "integer"}
OTHER: dict[str, Any] = {"type": "object", "properties": {"b": S}, "required": ["b"]}
DEFINED = {"$defs": {"n": {"$anchor": "n", "$dynamicAnchor": "n", **N}}}

SAYS: dict[str, tuple[dict[str, Any], Any]] = {
    "$ref": (DEFINED, "#/$defs/n"),
    "$dynamicRef": (DEFINED, "#n"),
    "$recursiveRef": ({"properties": {"a": S}}, "#"),
    "type": ({}, "integer"),
    "description": ({}, "d"),
    "enum": ({}, ["x"]),
    "const": ({}, "x"),
    "properties": ({"type": "object"}, {"a": S}),
    "required": ({"properties": {"a": S}}, ["a"]),
    "items": ({"type": "array"}, N),
    "prefixItems": ({"type": "array"}, [S, N]),
    "additionalItems": ({"type": "array", "items": [S, S]}, N),
    "unevaluatedItems": ({"type": "array", "prefixItems": [S, S]}, N),
    "additionalProperties": ({"type": "object"}, N),
    "unevaluatedProperties": ({"type": "object"}, N),
    "patternProperties": ({"type": "object"}, {"^x": N}),
    "propertyNames": ({"type": "object"}, {"pattern": "^x"}),
    "allOf": ({}, [OTHER]),
    "anyOf": ({}, [OTHER]),
    "oneOf": ({}, [OTHER]),
    "not": ({}, {"const": "x"}),
    "if": ({"properties": {"a": S}, "then": OTHER}, {"properties": {"a": {"const": "x"}}}),
    "then": ({"properties": {"a": S}, "if": {"required": ["a"]}}, OTHER),
    "else": ({"properties": {"a": S}, "if": {"required": ["a"]}}, OTHER),
    "dependentSchemas": ({"properties": {"a": S}}, {"a": OTHER}),
    "dependencies": ({"properties": {"a": S}}, {"a": ["c"]}),
    "dependentRequired": ({"properties": {"a": S}}, {"a": ["c"]}),
    "contains": ({"type": "array"}, N),
    "uniqueItems": ({"type": "array"}, True),
    "readOnly": ({}, True),
    "writeOnly": ({}, True),
    "deprecated": ({}, True),
    "default": ({}, "x"),
    "examples": ({}, ["x"]),
    "format": ({}, "uri"),
    "pattern": ({}, "^x"),
    "contentEncoding": ({}, "base64"),
    "contentMediaType": ({}, "image/png"),
    "contentSchema": ({}, N),
    "nullable": ({}, True),
    "example": ({}, "x"),
    "$id": (
        {"properties": {"a": {"$ref": "https://x.example/n"}}},
        "https://x.example/n",
    ),
    "id": ({"properties": {"a": {"$ref": "https://x.example/n"}}}, "https://x.example/n"),
    **{
        keyword: ({}, 3)
        for keyword, words in IN_WORDS.items()
        if keyword.startswith(("min", "max", "exclusive", "multiple"))
    },
}
"""Keyword -> what it stands in, and a value that says something there."""


@pytest.mark.parametrize("draft", _DRAFTS)
def test_every_keyword_of_a_meta_schema_is_in_the_table(draft: str) -> None:
    assert keywords(draft) - TABLE == set()


def test_every_keyword_of_the_table_is_in_one_set_and_tried_here() -> None:
    sets = (KEPT, COMBINING, IN_WORDS.keys(), SHAPED, MEANINGLESS)
    assert sum(map(len, sets)) == len(TABLE)
    assert SAYS.keys() == TABLE - MEANINGLESS


@pytest.mark.parametrize("keyword", SAYS)
def test_what_a_keyword_says_is_not_lost(keyword: str) -> None:
    around, value = SAYS[keyword]
    assert tell(around) != tell({**around, keyword: value})


@pytest.mark.parametrize("keyword", sorted(MEANINGLESS - {"$anchor", "$dynamicAnchor"}))
def test_what_means_nothing_changes_nothing(keyword: str) -> None:
    value = {"x": N} if keyword in ("$defs", "definitions", "$vocabulary") else "x"
    assert tell({"type": "integer"}) == tell({"type": "integer", keyword: value})


def tell(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.get("$defs", {})
    return cleaned({"properties": {"p": schema}, "$defs": definitions})
