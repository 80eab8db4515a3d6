"""What someone sends who wants the proxy to work for ever: shapes of any size, n pieces each."""

import json
from typing import Any

S = {"type": "string"}


def of(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def required_in_a_union(n: int) -> dict[str, Any]:
    variant = {**of({f"p{i}": S for i in range(n)}), "required": [f"p{i}" for i in range(n)]}
    return of({"u": {"anyOf": [variant, {**variant}]}})


def many_variants(n: int) -> dict[str, Any]:
    kinds = [{**of({"kind": {"const": i}, f"p{i}": S}), "required": ["kind"]} for i in range(n)]
    return of({"u": {"oneOf": kinds}})


def references_that_fan_out(n: int) -> dict[str, Any]:
    levels = {f"L{i}": of({c: {"$ref": f"#/$defs/L{i + 1}"} for c in "abc"}) for i in range(n)}
    return {**of({"top": {"$ref": "#/$defs/L0"}}), "$defs": levels}


def references_to_a_large_one(n: int) -> dict[str, Any]:
    large = {**of({f"p{i}": S for i in range(n)}), "description": "d" * n}
    both = {"allOf": [{"$ref": "#/$defs/large"}]}
    return {**of({f"r{i}": both for i in range(n)}), "$defs": {"large": large}}


def all_of_many(n: int) -> dict[str, Any]:
    return {"allOf": [of({f"p{i}": S, "same": {"minimum": i}}) for i in range(n)]}


def all_of_references(n: int) -> dict[str, Any]:
    definitions = {f"d{i}": of({f"p{i}": {"$ref": f"#/$defs/d{i}"}}) for i in range(n)}
    every = [{"$ref": f"#/$defs/d{i}"} for i in range(n)]
    return {"type": "object", "allOf": every, "$defs": definitions}


def nested(n: int) -> dict[str, Any]:
    schema: Any = S
    for i in range(min(n, 300)):
        keyword = ("anyOf", "prefixItems", "allOf", "items", "not", "then")[i % 6]
        schema = {keyword: [schema, S] if keyword in ("anyOf", "prefixItems", "allOf") else schema}
    return of({"deep": schema, "if": {}})


def tuples_in_tuples(n: int) -> dict[str, Any]:
    schema: Any = S
    for _ in range(min(n, 200)):
        schema = {"type": "array", "prefixItems": [schema, schema.copy()]}
        if len(json.dumps(schema)) > 60 * n:
            break
    return of({"deep": schema})


def anchors(n: int) -> dict[str, Any]:
    definitions = {f"d{i}": {"$anchor": f"a{i}", "$id": f"x{i}.json", **S} for i in range(n)}
    return {**of({f"p{i}": {"$ref": f"x{i}.json"} for i in range(n)}), "$defs": definitions}


def enums(n: int) -> dict[str, Any]:
    every = {"enum": [f"v{i}" for i in range(n)]}
    return of({"e": {"allOf": [every, every, {"enum": list(range(n))}]}})


def many_types(n: int) -> dict[str, Any]:
    kinds = {"type": ["string", "null"] * n}
    return of({"t": {"anyOf": [kinds, kinds], "allOf": [kinds, {"type": ["integer"] * n}]}})


SCHEMAS = (
    required_in_a_union,
    many_variants,
    references_that_fan_out,
    references_to_a_large_one,
    all_of_many,
    all_of_references,
    nested,
    tuples_in_tuples,
    anchors,
    enums,
    many_types,
)


def tools(names: list[str]) -> list[dict[str, Any]]:
    return [{"type": "function", "function": {"name": name}} for name in names]


def names_that_clash(n: int) -> list[str]:
    """All become one name, which others of them hold already with each number."""
    return ["a" + mark * i for i in range(1, 25) for mark in ":;,!?"][: n // 10] + [
        f"a_{i}" for i in range(n)
    ]


def long_names_that_clash(n: int) -> list[str]:
    return [f"{'щ' * 70}{i}" for i in range(n)] + [f"{'x' * 70}{i}" for i in range(n)]


def one_name_in_many_spellings(n: int) -> list[str]:
    return ["x" + "".join(":;"[int(bit)] for bit in f"{i:016b}") for i in range(n)]


TEXTS: dict[str, tuple[str, str, str]] = {
    "pictures": ("", "![image](", ""),
    "pictures and an end": ("", "![image](", ")"),
    "pictures of ours": ("", "![image](/files/a/content?", ""),
    "pictures in data": ("", "![image](data:image/", ""),
    "one picture, many files": ("![image](", "/files/a", ""),
    "one picture, many contents": ("![image](", "/files/a/content?", ""),
    "picture with a long name": ("![image ", "aaaaaaaa", ""),
    "tags": ("", "<", ""),
    "tags of pictures": ("", "<img ", ""),
    "one tag, many sources": ("<img ", 'src="a" ', ""),
    "scripts": ("", "<script ", ""),
    "titles": ("", "<title>", ""),
    "tags of files": ("", "</a", ""),
    "thoughts": ("", "<think>", ""),
    "bearers": ("", "bearer ", ""),
    "bearer and spaces": ("bearer", "        ", ""),
    "tokens": ("", "eyJ", ""),
    "tokens behind dashes": ("", "-eyJ", ""),
    "tokens with dots": ("", "eyJaaaaaaaa.", ""),
    "names of keys": ("", "access_token   ", ""),
    "keys": ("", "sk-api_key=", ""),
    "limits": ("", "tokens exceed", ""),
    "limits in Russian": ("", "токен превы", ""),
    "dots behind words": ("unprocessable entity", "........", "x"),
    "braces": ("", '{"a":[', ""),
    "backslashes": ('"', "\\\\\\", ""),
    "spaces": ("", "        ", ""),
    "lines": ("", "\n\n\n\n", ""),
    "letters": ("", "aaaaaaaa", ""),
    "apostrophes": ("", "a'", ""),
    "data": ("data:", ";x", ",x"),
    "many data": ("", "data:;", ""),
    "addresses": ("", "http://", ""),
    "parameters": ("multipart/form-data", ';boundary="\\', ""),
    "folders": ("", "/v1/../", ""),
    "fields": ("", "&key=", ""),
}
"""What the patterns of all readers begin with, again and again: before, the piece, behind."""


def gemini_talk(n: int) -> dict[str, Any]:
    """Calls and results without ids, mixed spellings, a schema in Google's form."""
    called = {"function_call": {"name": "f", "args": {}}, "thought_signature": "x"}
    turns = [
        {"role": "user", "parts": [{"text": "t"}, {"inline_data": {"mime_type": "image/png"}}][:1]},
        {"role": "model", "parts": [called, called, {"text": "x", "thought": True}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"a": 1}}}] * 2},
        {"role": "model", "parts": [{"executable_code": {}}, {"text": "x"}]},
    ]
    schema: dict[str, Any] = {"type": "OBJECT", "any_of": [{"type": "STRING"}] * n}
    declared = [{"name": f"f{i}", "parameters": {"type": "OBJECT"}} for i in range(n)]
    return {
        "contents": [*turns * n, {"parts": [{"text": "x"}]}],
        "tools": [{"function_declarations": declared}, {"google_search": {}}],
        "generation_config": {
            "response_schema": {"type": "OBJECT", "properties": {"a": schema}},
            "responseMimeType": "application/json",
            **{f"x_{i}": 1 for i in range(n)},
        },
    }
