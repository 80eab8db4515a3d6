import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.gigachat_rules import check_schema

from gigagate.gigachat.schema import cleaned

Schema = dict[str, Any]


def of(**properties: Any) -> Schema:
    return {"type": "object", "properties": properties}


STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param({}, of(), id="nothing at all"),
        pytest.param({"type": "object"}, of(), id="no properties"),
        pytest.param(of(data={"type": "object"}), of(data=of()), id="nested without properties"),
        pytest.param(
            {**of(a=STRING, b=STRING), "required": ["b", "b", "c", 5]},
            {**of(a=STRING, b=STRING), "required": ["b"]},
            id="required of what is there",
        ),
        pytest.param(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "title": "Args",
                "additionalProperties": False,
                "strict": True,
                **of(title={"type": "string", "title": "Title"}),
            },
            of(title=STRING),
            id="title as a keyword, but not a property named title",
        ),
        pytest.param(
            of(a={"type": "array"}, b={"type": "array", "items": {}}),
            of(a={"type": "array", "items": STRING}, b={"type": "array", "items": STRING}),
            id="arrays without items",
        ),
        pytest.param(
            of(a={}, b=True, c=False, d={"description": "any"}, e={"type": "file"}),
            of(a=STRING, b=STRING, d={**STRING, "description": "any"}, e=STRING),
            id="untyped properties",
        ),
        pytest.param(
            of(a={"properties": {"b": STRING}}, c={"items": STRING}),
            of(a=of(b=STRING), c={"type": "array", "items": STRING}),
            id="types told by other keywords",
        ),
        pytest.param(
            of(a={"description": "line", "anyOf": [{"type": "integer"}, {"type": "null"}]}),
            of(a={"type": "integer", "description": "line (may be null)"}),
            id="null union",
        ),
        pytest.param(
            of(a={"type": ["string", "null"]}, b={"type": ["integer", "string"]}),
            of(
                a={"type": "string", "description": "may be null"},
                b={"type": "integer", "description": "may also be: string"},
            ),
            id="type lists",
        ),
        pytest.param(
            of(a={"oneOf": [STRING, {"type": "array", "items": STRING}]}),
            of(
                a={
                    "type": "string",
                    "description": 'may also be: {"type": "array", "items": {"type": "string"}}',
                }
            ),
            id="union of types",
        ),
        pytest.param(
            of(a={"anyOf": [{"const": "x"}, {"enum": ["y", "x"]}]}),
            of(a={"type": "string", "enum": ["x", "y"]}),
            id="union of values",
        ),
        pytest.param(
            of(
                a={
                    "anyOf": [
                        {**of(kind={"const": "f"}, path=STRING), "required": ["kind", "path"]},
                        {**of(kind={"const": "u"}, url=STRING), "required": ["kind", "url"]},
                    ]
                }
            ),
            of(
                a={
                    **of(kind={"type": "string", "enum": ["f", "u"]}, path=STRING, url=STRING),
                    "required": ["kind"],
                    "description": 'one of: {kind: "f", path} or {kind: "u", url}',
                }
            ),
            id="union of objects",
        ),
        pytest.param(
            of(
                a={
                    "oneOf": [
                        {**of(ok={"enum": [False]}, why=STRING), "required": ["ok"]},
                        {**of(ok={"const": True}), "required": ["ok"]},
                        {**of(ok={"const": True}), "required": ["ok"]},
                    ]
                },
                b={"anyOf": [of(c=STRING), of(c=STRING)]},
            ),
            of(
                a={
                    **of(
                        ok={"type": "boolean", "description": "allowed values: false, true"},
                        why=STRING,
                    ),
                    "required": ["ok"],
                    "description": "one of: {ok: false, why?} or {ok: true}",
                },
                b=of(c=STRING),
            ),
            id="union of objects, told apart by other values or not at all",
        ),
        pytest.param(
            {"allOf": [{**of(a=STRING), "required": ["a"]}, {**of(b=STRING), "required": ["b"]}]},
            {**of(a=STRING, b=STRING), "required": ["a", "b"]},
            id="allOf",
        ),
        pytest.param(
            of(a={"const": 5}, b={"const": "x"}, c={"const": None}),
            of(
                a={"type": "integer", "description": "allowed values: 5"},
                b={"type": "string", "enum": ["x"]},
                c={**STRING, "description": "may be null"},
            ),
            id="const",
        ),
        pytest.param(
            of(a={"enum": ["x", None, "y"]}, b={"type": "integer", "enum": [1, 2]}, c={"enum": []}),
            of(
                a={"type": "string", "enum": ["x", "y"], "description": "may be null"},
                b={"type": "integer", "description": "allowed values: 1, 2"},
                c=STRING,
            ),
            id="enums",
        ),
        pytest.param(
            of(
                a={
                    "type": "integer",
                    "description": "n",
                    "minimum": 1,
                    "maximum": 9007199254740991,
                    "default": 5,
                },
                b={"type": "string", "minLength": 0, "pattern": "^a+$", "format": "uri"},
            ),
            of(
                a={"type": "integer", "description": "n (at least 1; default: 5)"},
                b={"type": "string", "description": "pattern: ^a+$; format: uri"},
            ),
            id="constraints in words",
        ),
        pytest.param(
            of(a={"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}}),
            of(
                a={
                    **of(),
                    "description": "any further keys, each value: "
                    '{"type": "integer", "description": "at least 1"}',
                }
            ),
            id="maps",
        ),
        pytest.param(
            of(
                a={"type": "object", "additionalProperties": STRING},
                b={"type": "object", "additionalProperties": True},
                c={"type": "object", "additionalProperties": {}},
                d={**of(e=STRING), "additionalProperties": True},
                f={"type": "object", "additionalProperties": False},
            ),
            of(
                a={**of(), "description": "any further keys, each value: string"},
                b={**of(), "description": "any keys"},
                c={**of(), "description": "any keys"},
                d=of(e=STRING),
                f=of(),
            ),
            id="maps of anything, and what is none",
        ),
        pytest.param(
            of(a={"type": "integer", "nullable": True}, b={"type": "integer", "nullable": False}),
            of(a={"type": "integer", "description": "may be null"}, b={"type": "integer"}),
            id="nullable, as OpenAPI says it",
        ),
        pytest.param(
            of(a={"type": "array", "prefixItems": [STRING, {"type": "integer"}]}),
            of(
                a={
                    "type": "array",
                    "items": {"type": "string", "description": "may also be: integer"},
                    "description": "2 items in this order: string, integer",
                }
            ),
            id="tuples",
        ),
        pytest.param(
            {
                **of(a={"$ref": "#/$defs/Color", "description": "mine"}, b={"$ref": "#/$defs/C~1"}),
                "$defs": {"Color": {"enum": ["red"], "description": "its"}, "C/": STRING},
            },
            of(a={"type": "string", "enum": ["red"], "description": "mine"}, b=STRING),
            id="references",
        ),
        pytest.param(
            of(a={"$ref": "https://example.com/x"}, b={"$ref": "#/nowhere"}),
            of(
                a={
                    **STRING,
                    "description": "of the shape 'https://example.com/x', which is not given",
                },
                b={**STRING, "description": "of the shape '#/nowhere', which is not given"},
            ),
            id="references to nothing",
        ),
        pytest.param(
            {
                "$ref": "#/definitions/Node",
                "definitions": {
                    "Node": of(kids={"type": "array", "items": {"$ref": "#/definitions/Node"}})
                },
            },
            of(
                kids={
                    "type": "array",
                    "items": {**of(), "description": "the same shape as Node above"},
                }
            ),
            id="recursion",
        ),
        pytest.param(
            of(next={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
            of(
                next={
                    **of(
                        next={
                            **of(),
                            "description": "may be null; the same shape as the whole above",
                        }
                    ),
                    "description": "may be null",
                }
            ),
            id="recursion through the root and a union",
        ),
    ],
)
def test_a_schema_is_cleaned(given: Schema, wanted: Schema) -> None:
    before = copy.deepcopy(given)
    assert cleaned(given) == wanted
    assert given == before
    check_schema(wanted)


def test_many_references_to_each_other_do_not_explode() -> None:
    levels: Schema = {
        f"L{i}": of(a={"$ref": f"#/$defs/L{i + 1}"}, b={"$ref": f"#/$defs/L{i + 1}"})
        for i in range(40)
    }
    clean = cleaned({**of(top={"$ref": "#/$defs/L0"}), "$defs": levels})
    check_schema(clean)
    assert len(str(clean)) < 500_000


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(lambda s: {"type": "object", "additionalProperties": s}, id="maps"),
        pytest.param(lambda s: {"type": "array", "prefixItems": [STRING, s]}, id="tuples"),
        pytest.param(lambda s: {"anyOf": [STRING, of(a=s)]}, id="unions of types"),
        pytest.param(lambda s: {"oneOf": [of(a=s), of(b=s)]}, id="unions of objects"),
    ],
)
def test_words_inside_words_do_not_explode(around: Callable[[Schema], Schema]) -> None:
    schema: Schema = {"type": "integer", "description": 'a "quoted" word'}
    for _ in range(20):
        schema = around(schema)
    clean = cleaned(of(top=schema))
    check_schema(clean)
    assert len(str(clean)) < 2_000_000


@pytest.mark.parametrize("keyword", ["anyOf", "allOf", "oneOf", "items", "additionalProperties"])
def test_a_bottomless_schema_is_cut(keyword: str) -> None:
    schema: Any = STRING
    for _ in range(5000):
        schema = {keyword: [schema] if keyword.endswith("Of") else schema}
    check_schema(cleaned(of(deep=schema)))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
types = st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"])
references = st.sampled_from(["#", "#/$defs/A", "#/$defs/B", "#/properties/a", "#/x", "urn:x"])


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    named = st.dictionaries(st.sampled_from(["a", "b", "title", "type"]), inner, max_size=3)
    some = st.lists(inner, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": types | st.lists(types, max_size=3) | anything,
            "properties": named | anything,
            "required": st.lists(st.sampled_from(["a", "b", "c"])) | anything,
            "items": inner | some,
            "prefixItems": some,
            "anyOf": some | anything,
            "oneOf": some,
            "allOf": some | anything,
            "enum": st.lists(scalars, max_size=3) | anything,
            "const": scalars,
            "$ref": references | anything,
            "$defs": st.dictionaries(st.sampled_from("AB"), inner, max_size=2),
            "additionalProperties": inner,
            "description": st.text(max_size=5) | anything,
            "default": anything,
            "minimum": scalars,
            "maxLength": scalars,
            "format": scalars,
            "title": scalars,
        },
    )


@given(schema=_schemas(st.recursive(st.booleans() | st.just({}), _schemas, max_leaves=8)))
def test_whatever_comes_in_gigachat_takes_what_goes_out(schema: Schema) -> None:
    check_schema(cleaned(schema))
