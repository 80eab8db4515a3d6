"""Schemas of all kinds, and the values they let through: what GigaChat may answer is an object."""

from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_specifications import REGISTRY
from tests.support.gigachat_rules import check_schema

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.gigachat.schema import cleaned
from gigagate.gigachat.tools import functions

S = {"type": "string"}
N = {"type": "integer"}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


REFERENCES = [
    pytest.param(
        of(when={"anyOf": [N, S]}, b={"$ref": "#/properties/when/anyOf/0"}), N, id="list index"
    ),
    pytest.param({**of(b={"$ref": "#/$defs/a%20b"}), "$defs": {"a b": N}}, N, id="percent"),
    pytest.param({**of(b={"$ref": "#/$defs/a~1b~0c"}), "$defs": {"a/b~c": N}}, N, id="~1 and ~0"),
    pytest.param({**of(b={"$ref": "#/$defs/a%7E1b"}), "$defs": {"a/b": N}}, N, id="both"),
    pytest.param({**of(b={"$ref": "#/$defs/Город"}), "$defs": {"Город": N}}, N, id="Cyrillic"),
    pytest.param({**of(b={"$ref": "#/$defs/%D0%93"}), "$defs": {"Г": N}}, N, id="Cyrillic quoted"),
    pytest.param({**of(b={"$ref": "#/$defs/"}), "$defs": {"": N}}, N, id="empty name"),
    pytest.param({**of(b={"$ref": "#n"}), "$defs": {"x": {"$anchor": "n", **N}}}, N, id="anchor"),
    pytest.param(
        {**of(b={"$ref": "#n"}), "definitions": {"x": {"$id": "#n", **N}}}, N, id="draft 7 anchor"
    ),
    pytest.param(
        {
            "$id": "https://x.example/root.json",
            **of(b={"$ref": "item.json"}),
            "$defs": {"x": {"$id": "item.json", **N}},
        },
        N,
        id="id",
    ),
    pytest.param(
        {
            **of(b={"$ref": "https://x.example/i#/$defs/y"}),
            "$defs": {"x": {"$id": "https://x.example/i", "$defs": {"y": N}}},
        },
        N,
        id="pointer into an id",
    ),
    pytest.param(
        {
            **of(b={"$ref": "#/$defs/x"}),
            "$defs": {"x": {"$id": "x", "$ref": "#/$defs/y", "$defs": {"y": N}}, "y": S},
        },
        N,
        id="relative to the id around it",
    ),
    pytest.param(
        {**of(b={"$ref": "#/$defs/x", "minimum": 3}), "$defs": {"x": {**N, "maximum": 9}}},
        {**N, "description": "at most 9; at least 3"},
        id="siblings",
    ),
    pytest.param({**of(b={"$ref": "#/$defs/x"}), "$defs": {"x": True}}, S, id="true"),
]


@pytest.mark.parametrize(("schema", "wanted"), REFERENCES)
def test_a_reference_leads_where_it_says(schema: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert cleaned(schema)["properties"]["b"] == wanted


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"anyOf": [{"not": {}}, N]}, N),
        ({"anyOf": [False, N]}, N),
        ({"oneOf": [{"enum": []}, N]}, N),
        ({"anyOf": [True, N]}, {**N, "description": "may also be anything else"}),
        ({"anyOf": [{"description": "x"}, N]}, {**N, "description": "may also be anything else"}),
        ({"type": "integer", "anyOf": [{}, {"minimum": 1}]}, {**N, "description": "at least 1"}),
        ({"anyOf": [{"not": {}}]}, S),
        ({"anyOf": [N, {"const": None}]}, {**N, "description": "may be null"}),
        (
            {"anyOf": [{**S, "format": "uri"}, {**S, "pattern": "^/"}]},
            {**S, "description": "one of: format: uri or pattern: ^/"},
        ),
        ({"allOf": [of(a=N), of(a={"description": "d"})]}, of(a={**N, "description": "d"})),
        (
            {"allOf": [of(a=of(b=N)), of(a=of(b={"minimum": 1}, c=S))]},
            of(a=of(b={**N, "description": "at least 1"}, c=S)),
        ),
        (
            {"type": "array", "items": N, "allOf": [{"items": {"minimum": 1}}]},
            {"type": "array", "items": {**N, "description": "at least 1"}},
        ),
        ({"allOf": [{"type": ["integer", "null"]}, N]}, N),
        ({"allOf": [{"type": "number"}, N]}, N),
        ({"allOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, {**S, "enum": ["b"]}),
        ({"properties": {"a": {"not": {}}, "b": N}}, of(b=N)),
        (
            {**of(a=S, b=S), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {**of(a=S, b=S), "description": "one of: {a} or {b}"},
        ),
        (
            {**of(a=S), "if": {"required": ["a"]}, "then": {**of(b=N), "required": ["b"]}},
            {
                **of(a=S, b=N),
                "description": 'if it fits {"required": ["a"]}, then also {"type": "object", '
                '"properties": {"b": {"type": "integer"}}, "required": ["b"]}',
            },
        ),
    ],
)
def test_what_holds_together_becomes_one(schema: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert cleaned(of(p=schema))["properties"]["p"] == wanted


def test_a_reference_to_nothing_is_noted_once() -> None:
    lost = of(a={"$ref": "#/nowhere"}, b={"$ref": "#/nowhere"})
    tools = [{"function": {"name": name, "parameters": lost}} for name in "ab"]
    notes = Notes()
    functions({"tools": tools}, None, Policy(), notes)
    assert [note.text for note in notes if note.kind == "schema"] == [
        "a schema refers to '#/nowhere', which is not in it"
    ]


META = REGISTRY.contents("http://json-schema.org/draft-07/schema")
LATEST = REGISTRY.contents("https://json-schema.org/draft/2020-12/schema")


@pytest.mark.parametrize("schema", [META, LATEST])
def test_the_meta_schemas_pass(schema: dict[str, Any]) -> None:
    check_schema(cleaned(schema))


plain = st.sampled_from([S, N, {"type": "boolean"}, {}, True, False, {"not": {}}, {"enum": []}])
numbers = st.integers(-3, 3)


def compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(inner, min_size=1, max_size=3)
    named = st.dictionaries(st.sampled_from(["a", "б", "$ref", "items"]), inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array", "string", ["integer", "null"]]),
            "properties": named,
            "patternProperties": named,
            "required": st.lists(st.sampled_from(["a", "б"])),
            "items": inner | some,
            "prefixItems": some,
            "contains": inner,
            "not": inner,
            "anyOf": some,
            "oneOf": some,
            "allOf": some,
            "if": inner,
            "then": inner,
            "else": inner,
            "dependentSchemas": named,
            "dependencies": named,
            "dependentRequired": st.dictionaries(st.sampled_from("ab"), st.just(["a"])),
            "minItems": numbers,
            "uniqueItems": st.booleans(),
            "examples": st.lists(numbers, max_size=2),
            "const": numbers,
            "$ref": st.sampled_from(["#", "#/properties/a", "#n", "#/anyOf/0", "x.json", "#/%"]),
            "$id": st.sampled_from(["x.json", "#n", "http://["]),
        },
    )


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=3),
    "integer": numbers,
    "number": numbers | st.floats(-1, 1),
    "boolean": st.booleans(),
}


def values(clean: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What GigaChat may answer by a cleaned schema."""
    if clean["type"] == "object":
        properties = {name: values(node) for name, node in clean["properties"].items()}
        needed = {name: properties.pop(name) for name in clean.get("required", ())}
        return st.fixed_dictionaries(needed, optional=properties)
    if clean["type"] == "array":
        return st.lists(values(clean["items"]), max_size=2)
    return st.sampled_from(clean["enum"]) if "enum" in clean else SCALARS[clean["type"]]


schemas = st.recursive(plain, compound, max_leaves=8)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(schema=schemas.filter(lambda schema: isinstance(schema, dict)), data=st.data())
def test_what_fits_a_cleaned_schema_is_an_object(schema: dict[str, Any], data: Any) -> None:
    tool = {"type": "function", "function": {"name": "f", "parameters": {**schema}}}
    tool["function"]["parameters"]["type"] = "object"  # type: ignore[index]
    parameters = functions({"tools": [tool]}, None, Policy(), Notes())["f"]["parameters"]
    check_schema(parameters)
    jsonschema.Draft202012Validator.check_schema(parameters)
    assert cleaned(parameters) == parameters, "cleaning what is clean changes nothing"
    answer = data.draw(values(parameters))
    jsonschema.validate(answer, parameters)
    assert isinstance(answer, dict)
