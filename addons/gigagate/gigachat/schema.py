"""JSON Schema of a function's parameters -> the plain subset GigaChat takes.

GigaChat v1 wants every object node to have `properties`, every array `items`, every `type` to be
one string and every enum to hold strings; of references, unions and constraints it knows
nothing. So a cleaned schema has the keywords type, description, enum, properties, required and
items, and no other. What a dropped keyword said goes into the description in words, where it
still guides the model.

References are followed (a recursive one ends at its second turn), `allOf` is merged, and of
`anyOf`/`oneOf` the variants of the first type are merged while the others are mentioned.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gigagate.gigachat import schema_unions as unions
from gigagate.gigachat import schema_words as words
from gigagate.gigachat.schema_budget import SchemaBudget
from gigagate.gigachat.schema_keywords import COMBINING, REFERENCES
from gigagate.gigachat.schema_merge import Merger, types_of
from gigagate.gigachat.schema_references import References, base_of, name_of
from gigagate.gigachat.schema_words import Schema

MAX_DEPTH = 48
_SHOWN = 200
"""Characters of a reference that is told in words."""

_SCALARS = ("string", "number", "integer", "boolean")
_SCALAR_KEYWORDS = {"type", "description"}


def cleaned(schema: Schema, budget: SchemaBudget | None = None) -> dict[str, Any]:
    """Never raises.  May share objects with `schema`.  budget: the request's, which also learns
    what is wrong with the schema; without one the schema has its own.

    A root that does not say its type is an object.
    """
    cleaner = _Cleaner(schema, budget or SchemaBudget.of(schema))
    return cleaner.clean(schema, _Scope((), 0, ""), untyped="object")


class _Scope(NamedTuple):
    refs: tuple[frozenset[str], ...]
    """References being followed here, of each level: one of these again is recursion."""
    depth: int
    base: str
    """The URI that references are relative to."""

    def below(self) -> "_Scope":
        return self._replace(depth=self.depth + 1)

    def inside(self, refs: Iterable[str]) -> "_Scope":
        added = frozenset(refs)
        return self._replace(refs=(*self.refs, added), depth=self.depth + 1) if added else self

    def follows(self, ref: str) -> bool:
        return any(ref in level for level in self.refs)


class _Plain(NamedTuple):
    """A schema without references and combinations, and the scope its children are in."""

    schema: Schema
    scope: _Scope
    refs: frozenset[str] = frozenset()
    """Followed on the way here."""


class _Cleaner:
    def __init__(self, root: Schema, budget: SchemaBudget) -> None:
        self._references = References(root)
        self._budget = budget

    def clean(self, schema: object, scope: _Scope, untyped: str = "string") -> dict[str, Any]:
        if isinstance(schema, dict) and _is_clean_scalar(schema):
            self._budget.take()
            fits = self._budget.write(len(schema.get("description", "")))
            return schema if fits else {"type": schema["type"]}
        hints: list[str] = []
        plain, scope, _ = self._plain(schema, scope, hints)
        return self._node(plain, scope, hints, untyped)

    def _node(self, plain: Schema, scope: _Scope, hints: list[str], untyped: str) -> dict[str, Any]:
        kind = unions.kind_of(plain, untyped)
        _say_other_types(plain, hints)
        node: dict[str, Any] = {"type": kind}
        if kind == "object":
            self._object(node, plain, scope, hints)
        elif kind == "array":
            node["items"] = self.clean(self._items(plain, scope, hints), scope.below())
        self._enum(node, plain, hints)
        hints += words.constraints(plain)
        description = words.described(plain.get("description"), hints)
        if description and self._budget.write(len(description)):
            node["description"] = description
        return node

    def _object(self, node: dict[str, Any], plain: Schema, scope: _Scope, hints: list[str]) -> None:
        below = scope.below()
        node["properties"] = properties = {}
        for name, schema in _dict(plain.get("properties")).items():
            if not self._budget.write(len(name)) or not self._budget.take():
                break
            if schema is not False and not _is_never(schema):
                properties[name] = self.clean(schema, below)
        required = [
            name
            for name in _list(plain.get("required"))
            if isinstance(name, str) and name in properties
        ]
        if required and self._budget.take(len(required) // 8):
            node["required"] = list(dict.fromkeys(required))
        for pattern, schema in _dict(plain.get("patternProperties")).items():
            if schema is not False:
                value = self._shape(schema, below)
                hints.append(f"keys that match {words.cut(pattern)}, each value: {value}")
        others = plain.get("additionalProperties", plain.get("unevaluatedProperties"))
        if isinstance(others, dict) and others:
            hints.append(f"any further keys, each value: {self._shape(others, below)}")
        elif others in (True, {}) and not properties:
            hints.append("any keys")

    def _shape(self, schema: object, scope: _Scope) -> str:
        told = words.shape(self.clean(schema, scope))
        return told if self._budget.write(len(told)) else "…"

    def _plain(self, schema: object, scope: _Scope, hints: list[str]) -> _Plain:
        if schema is False:
            return _Plain(unions.NOTHING, scope)
        if not isinstance(schema, dict) or scope.depth > MAX_DEPTH or not self._budget.take():
            return _Plain({}, scope)
        if schema.keys().isdisjoint(COMBINING) or not self._budget.take(len(schema) // 8):
            return _Plain(schema, scope)
        scope = scope._replace(base=base_of(schema, scope.base))
        merger, refs = Merger(), set[str]()
        base = scope.base
        for plain in self._parts(schema, scope, hints):
            self._budget.take(_weight(plain.schema))
            merger.add(plain.schema)
            refs |= plain.refs
            base = plain.scope.base
        merger.add(_own(schema))
        hints += merger.hints
        inside = scope.inside(refs)._replace(base=base)
        whole = self._with_conditions(schema, merger.merged(), inside, hints)
        for union in ("anyOf", "oneOf"):
            if isinstance(schema.get(union), list):
                whole, more = self._with_union(schema[union], whole, scope, inside, hints)
                refs |= more
        return _Plain(whole, scope.inside(refs)._replace(base=base), frozenset(refs))

    def _parts(self, schema: Schema, scope: _Scope, hints: list[str]) -> Iterator[_Plain]:
        """What holds beside the schema's own keywords."""
        for keyword in REFERENCES:
            ref = schema.get(keyword)
            if isinstance(ref, str):
                yield self._followed(ref, scope, hints)
        for part in _list(schema.get("allOf")):
            yield self._plain(part, scope.below(), hints)

    def _followed(self, ref: str, scope: _Scope, hints: list[str]) -> _Plain:
        target = self._references.find(ref, scope.base)
        if target is None:
            shown = ref[:_SHOWN]
            hints.append(f"of the shape {shown!r}, which is not given")
            self._budget.note(f"a schema refers to {shown!r}, which is not in it")
            return _Plain({}, scope)
        if scope.follows(ref):
            hints.append(f"the same shape as {name_of(ref)[:_SHOWN]} above")
            kind = unions.kind_of(target.schema, "object")
            return _Plain({"type": kind}, scope)
        inner = scope.inside([ref])._replace(base=target.base)
        plain = self._plain(target.schema, inner, hints)
        return _Plain(plain.schema, plain.scope, plain.refs | {ref})

    def _with_conditions(
        self, schema: Schema, whole: dict[str, Any], scope: _Scope, hints: list[str]
    ) -> dict[str, Any]:
        """`whole` with the properties of what holds sometimes, as optional ones."""
        optional: dict[str, list[Any]] = {}
        for branch in _sometimes(schema, hints):
            if isinstance(branch, dict):
                plain, _, _ = self._plain(branch, scope.below(), [])
                for name, inner in _dict(plain.get("properties")).items():
                    if inner is not False:
                        optional.setdefault(name, []).append(inner)
        known = _dict(whole.get("properties"))
        added = {
            name: inner[0] if len(inner) == 1 else {"anyOf": inner}
            for name, inner in optional.items()
            if name not in known
        }
        return {**whole, "properties": {**known, **added}} if added else whole

    def _with_union(
        self,
        given: list[Any],
        whole: dict[str, Any],
        scope: _Scope,
        inside: _Scope,
        hints: list[str],
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """`whole` and one of the variants, and the references followed."""
        refs: set[str] = set()
        variants: list[Schema] = []
        said: list[str] = []
        for variant in given:
            plain, _, followed = self._plain(variant, scope.below(), said)
            refs |= followed
            if unions.only_null_fits(plain):
                hints.append("may be null")
            elif not unions.nothing_fits(plain):
                variants.append(plain)
        if len(variants) == 1:
            hints += said
        chosen = [variant for variant in variants if not unions.anything_fits(variant)]
        if len(chosen) < len(variants):
            if not chosen:
                chosen = variants[:1]
            elif not unions.has_kind(whole):
                hints.append("may also be anything else")
        if not chosen:
            return whole, frozenset(refs)
        untyped = unions.kind_of(whole, "string")
        by_kind: dict[str, list[Schema]] = {}
        for variant in chosen:
            self._budget.take(_weight(variant))
            by_kind.setdefault(unions.kind_of(variant, untyped), []).append(variant)
        kind, *others = by_kind
        alike = by_kind[kind]
        if len(alike) > 1:
            hints += _told_apart(kind, alike)
        inner = inside.inside(refs)
        for other in others:
            shape = self._node(unions.united(other, by_kind[other]), inner, [], other)
            hints.append(f"may also be: {words.shape(shape)}")
        merger = Merger()
        merger.add(unions.united(kind, alike))
        merger.add(whole)
        hints += merger.hints
        return merger.merged(), frozenset(refs)

    def _items(self, plain: Schema, scope: _Scope, hints: list[str]) -> object:
        """The schema of an array's items. A tuple's items become a union."""
        items = plain.get("items")
        in_order = plain.get("prefixItems") or (items if isinstance(items, list) else None)
        if not isinstance(in_order, list):
            return items
        below = scope.below()
        each = [self.clean(item, below) for item in in_order]
        told = words.cut(", ".join(map(words.shape, each)))
        hints.append(f"{len(each)} items in this order: {told}")
        for keyword in ("items", "additionalItems", "unevaluatedItems"):
            further = plain.get(keyword)
            if isinstance(further, dict) and further:
                hints.append(f"any further items: {self._shape(further, below)}")
        return {"anyOf": each}

    def _enum(self, node: dict[str, Any], plain: Schema, hints: list[str]) -> None:
        values = unions.allowed(plain)
        if not values or not self._budget.take(len(values) // 8):
            return
        if node["type"] == "string" and all(isinstance(value, str) for value in values):
            if self._budget.write(sum(map(len, values))):
                node["enum"] = list(dict.fromkeys(values))
        else:
            told = list(dict.fromkeys(map(words.in_json, values)))
            if self._budget.write(sum(map(len, told))):
                hints.append("allowed values: " + ", ".join(told))


def _is_clean_scalar(schema: Schema) -> bool:
    """Most properties are a type and a description: these stay the same object."""
    return (
        schema.get("type") in _SCALARS
        and schema.keys() <= _SCALAR_KEYWORDS
        and isinstance(schema.get("description", ""), str)
    )


def _is_never(schema: object) -> bool:
    return isinstance(schema, dict) and schema.get("not") in ({}, True)


def _say_other_types(plain: Schema, hints: list[str]) -> None:
    declared = plain.get("type")
    if isinstance(declared, list):
        kinds = types_of(declared)
        if "null" in kinds:
            hints.append("may be null")
        hints += [f"may also be: {kind}" for kind in kinds if kind != "null"][1:]


def _own(schema: Schema) -> dict[str, Any]:
    own = {key: value for key, value in schema.items() if key not in COMBINING}
    if "const" in schema:
        own["enum"] = [schema["const"]]
    needs = {
        name: others
        for name, others in _dict(schema.get("dependencies")).items()
        if isinstance(others, list)
    }
    if needs:
        own["dependentRequired"] = {**needs, **_dict(schema.get("dependentRequired"))}
    return own


def _sometimes(schema: Schema, hints: list[str]) -> Iterator[object]:
    """The schemas that hold on a condition, which is told in words."""
    if "if" in schema and ("then" in schema or "else" in schema):
        told = f"if it fits {words.in_json(schema['if'])}"
        for keyword, before in (("then", ", then also"), ("else", "; else also")):
            if keyword in schema:
                told += f"{before} {words.in_json(schema[keyword])}"
                yield schema[keyword]
        hints.append(words.cut(told))
    for keyword in ("dependentSchemas", "dependencies"):
        for name, inner in _dict(schema.get(keyword)).items():
            if isinstance(inner, dict):
                hints.append(words.cut(f"with {name} also: {words.in_json(inner)}"))
                yield inner


def _told_apart(kind: str, alike: list[Schema]) -> list[str]:
    if kind == "object":
        return words.alternatives(alike)
    if kind == "array" or all(map(unions.allowed, alike)):
        return []
    return words.bounds(alike)


def _weight(schema: Schema) -> int:
    """What merging it costs, in nodes."""
    return sum(
        len(schema[keyword]) // 8
        for keyword in ("properties", "required", "enum", "patternProperties")
        if isinstance(schema.get(keyword), dict | list)
    )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
