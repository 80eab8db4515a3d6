"""JSON Schema of a function's parameters -> the plain subset GigaChat takes.

GigaChat v1 wants every object node to have `properties`, every array `items`, every `type` to be
one string and every enum to hold strings; of references, unions and constraints it knows
nothing. So a cleaned schema has the keywords type, description, enum, properties, required and
items, and no other. What a dropped keyword said goes into the description in words, where it
still guides the model.

References are followed (a recursive one ends at its second turn), `allOf` is merged, and of
`anyOf`/`oneOf` the variants of the first type are merged while the others are mentioned.
"""

from typing import Any, NamedTuple

from gigagate.gigachat import schema_words as words
from gigagate.gigachat.schema_words import Schema

MAX_DEPTH = 48
MAX_NODES = 4000
"""Nodes visited in one schema, references followed: what lies beyond is left out."""

_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean"})

_SCALARS = ("string", "number", "integer", "boolean")
_SCALAR_KEYWORDS = {"type", "description"}


def cleaned(schema: Schema) -> dict[str, Any]:
    """Never raises.  May share objects with `schema`.

    A root that does not say its type is an object.
    """
    return _Cleaner(schema).clean(schema, _Scope(frozenset(), 0), untyped="object")


class _Scope(NamedTuple):
    refs: frozenset[str]
    """References being followed here: one of these again is recursion."""
    depth: int

    def below(self) -> "_Scope":
        return _Scope(self.refs, self.depth + 1)

    def inside(self, ref: str) -> "_Scope":
        return _Scope(self.refs | {ref}, self.depth + 1)


class _Cleaner:
    def __init__(self, root: Schema) -> None:
        self._root = root
        self._nodes = 0

    def clean(self, schema: object, scope: _Scope, untyped: str = "string") -> dict[str, Any]:
        if isinstance(schema, dict) and _is_clean_scalar(schema):
            return schema
        hints: list[str] = []
        plain, scope = self._plain(schema, scope, hints)
        kind = _kind(plain, hints, untyped)
        node: dict[str, Any] = {"type": kind}
        if kind == "object":
            self._object(node, plain, scope, hints)
        elif kind == "array":
            node["items"] = self.clean(self._items(plain, scope, hints), scope.below())
        _enum(node, plain, hints)
        hints += words.constraints(plain)
        description = words.described(plain.get("description"), hints)
        if description:
            node["description"] = description
        return node

    def _object(self, node: dict[str, Any], plain: Schema, scope: _Scope, hints: list[str]) -> None:
        below = scope.below()
        node["properties"] = properties = {
            name: self.clean(schema, below)
            for name, schema in _dict(plain.get("properties")).items()
            if schema is not False
        }
        required = [
            name
            for name in _list(plain.get("required"))
            if isinstance(name, str) and name in properties
        ]
        if required:
            node["required"] = list(dict.fromkeys(required))
        others = plain.get("additionalProperties")
        if isinstance(others, dict) and others:
            value = words.shape(self.clean(others, below))
            hints.append(f"any further keys, each value: {value}")
        elif others in (True, {}) and not properties:
            hints.append("any keys")

    def _plain(self, schema: object, scope: _Scope, hints: list[str]) -> tuple[Schema, _Scope]:
        """`schema` without $ref, allOf, anyOf and oneOf, and the scope its children are in."""
        self._nodes += 1
        if not isinstance(schema, dict) or scope.depth > MAX_DEPTH or self._nodes > MAX_NODES:
            return {}, scope
        ref = schema.get("$ref")
        if isinstance(ref, str):
            own = {key: value for key, value in schema.items() if key != "$ref"}
            target = self._target(ref)
            if ref in scope.refs:
                hints.append(f"the same shape as {ref[1:].rpartition('/')[2] or 'the whole'} above")
                return {"type": target.get("type", "object")} | own, scope
            return self._plain(_merged(target, own), scope.inside(ref), hints)
        if "allOf" in schema:
            schema, scope = self._all_of(schema, scope, hints)
        for union in ("anyOf", "oneOf"):
            if union in schema:
                schema, scope = self._any_of(union, schema, scope, hints)
        return schema, scope

    def _all_of(self, schema: Schema, scope: _Scope, hints: list[str]) -> tuple[Schema, _Scope]:
        merged: Schema = {}
        refs = scope.refs
        for part in _list(schema["allOf"]):
            plain, inner = self._plain(part, scope.below(), hints)
            refs |= inner.refs
            merged = _merged(merged, plain)
        own = {key: value for key, value in schema.items() if key != "allOf"}
        return _merged(merged, own), _Scope(refs, scope.depth + 1)

    def _any_of(
        self, union: str, schema: Schema, scope: _Scope, hints: list[str]
    ) -> tuple[Schema, _Scope]:
        own = {key: value for key, value in schema.items() if key != union}
        refs = scope.refs
        variants: list[Schema] = []
        said: list[str] = []
        for variant in _list(schema[union]):
            if isinstance(variant, dict) and variant.get("type") == "null":
                hints.append("may be null")
                continue
            plain, inner = self._plain(variant, scope.below(), said)
            refs |= inner.refs
            variants.append(plain)
        if len(variants) == 1:
            hints += said
        if not variants:
            return own, scope
        untyped = _kind(own, [], "string")
        kinds = [_kind(variant, [], untyped) for variant in variants]
        alike = [v for v, kind in zip(variants, kinds, strict=True) if kind == kinds[0]]
        inner = _Scope(refs, scope.depth + 1)
        if kinds[0] == "object" and len(alike) > 1:
            hints += words.alternatives(alike)
        for other in dict.fromkeys(kinds):
            if other != kinds[0]:
                like_it = [v for v, kind in zip(variants, kinds, strict=True) if kind == other]
                united = self.clean(_united(other, like_it), inner, untyped=other)
                hints.append(f"may also be: {words.shape(united)}")
        return _merged(_united(kinds[0], alike), own), inner

    def _items(self, plain: Schema, scope: _Scope, hints: list[str]) -> object:
        """The schema of an array's items. A tuple's items become a union."""
        items = plain.get("items")
        in_order = plain.get("prefixItems") or (items if isinstance(items, list) else None)
        if not isinstance(in_order, list):
            return items
        shapes = [words.shape(self.clean(item, scope.below())) for item in in_order]
        hints.append(f"{len(in_order)} items in this order: {', '.join(shapes)}")
        return {"anyOf": in_order}

    def _target(self, ref: str) -> Schema:
        """What a JSON pointer ("#/$defs/Node") points at in the root; {} if nothing."""
        node: Any = self._root
        if not ref.startswith("#"):
            return {}
        for step in filter(None, ref[1:].split("/")):
            key = step.replace("~1", "/").replace("~0", "~")
            node = node.get(key) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else {}


def _is_clean_scalar(schema: Schema) -> bool:
    """Most properties are a type and a description: these stay the same object."""
    return (
        schema.get("type") in _SCALARS
        and schema.keys() <= _SCALAR_KEYWORDS
        and isinstance(schema.get("description", ""), str)
    )


def _kind(plain: Schema, hints: list[str], untyped: str) -> str:
    declared = plain.get("type")
    if isinstance(declared, list):
        kinds = [kind for kind in declared if isinstance(kind, str) and kind in _TYPES]
        if "null" in declared:
            hints.append("may be null")
        hints += [f"may also be: {kind}" for kind in kinds[1:]]
        declared = kinds[0] if kinds else None
    if isinstance(declared, str) and declared in _TYPES:
        return declared
    if "properties" in plain:
        return "object"
    if "items" in plain or "prefixItems" in plain:
        return "array"
    values = _values(plain)
    return _kind_of(values[0]) if values else untyped


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "string"


def _values(plain: Schema) -> list[Any]:
    """What `const` or `enum` allows, without null."""
    values = [plain["const"]] if "const" in plain else _list(plain.get("enum"))
    return [value for value in values if value is not None]


def _enum(node: dict[str, Any], plain: Schema, hints: list[str]) -> None:
    values = _values(plain)
    if not values:
        return
    if node["type"] == "string" and all(isinstance(value, str) for value in values):
        node["enum"] = list(dict.fromkeys(values))
    else:
        hints.append("allowed values: " + ", ".join(dict.fromkeys(map(words.in_json, values))))


def _merged(base: Schema, over: Schema) -> dict[str, Any]:
    """Both at once, as allOf means it; where they differ, `over` wins."""
    merged = {**base, **over}
    for keyword, join in (("properties", _both), ("required", _concatenated)):
        if keyword in base and keyword in over:
            merged[keyword] = join(base[keyword], over[keyword])
    return merged


def _united(kind: str, variants: list[Schema]) -> Schema:
    """Variants of one type as one schema that takes them all."""
    if len(variants) == 1:
        return variants[0]
    if kind == "object":
        return _united_objects(variants)
    if kind == "array":
        return {"type": "array", "items": {"anyOf": [v.get("items", {}) for v in variants]}}
    values = [_values(variant) for variant in variants]
    united: dict[str, Any] = {"type": kind}
    if all(values):
        united["enum"] = [value for some in values for value in some]
    return united


def _united_objects(variants: list[Schema]) -> Schema:
    """All properties; required where every variant requires them."""
    properties: dict[str, list[Any]] = {}
    for variant in variants:
        given = variant.get("properties")
        for name, schema in given.items() if isinstance(given, dict) else ():
            properties.setdefault(name, []).append(schema)
    return {
        "type": "object",
        "properties": {
            name: schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
            for name, schemas in properties.items()
        },
        "required": [
            name
            for name in properties
            if all(name in _list(variant.get("required")) for variant in variants)
        ],
    }


def _both(base: object, over: object) -> dict[str, Any]:
    return {**_dict(base), **_dict(over)}


def _concatenated(base: object, over: object) -> list[Any]:
    return _list(base) + _list(over)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
