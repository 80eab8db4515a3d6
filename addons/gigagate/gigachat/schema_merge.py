"""Schemas that hold at the same time, as allOf means it, become one.

Two that speak of one property, or of a list's items, are left for later as an allOf of both, so
that merging reaches as deep as the schemas do. What cannot be said at once is told in words.
"""

from typing import Any

from gigagate.gigachat import schema_words as words
from gigagate.gigachat.schema_keywords import IN_WORDS
from gigagate.gigachat.schema_words import Schema

TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})

_SCHEMAS = frozenset({"items", "additionalProperties", "unevaluatedProperties", "additionalItems"})
_MAPS = frozenset({"properties", "patternProperties"})
_TIGHTER = {
    "minimum": max,
    "exclusiveMinimum": max,
    "minLength": max,
    "minItems": max,
    "minProperties": max,
    "maximum": min,
    "exclusiveMaximum": min,
    "maxLength": min,
    "maxItems": min,
    "maxProperties": min,
}


class Merger:
    """Takes schemas one by one; a later one wins where two differ.  Linear in their sizes."""

    def __init__(self) -> None:
        self._keys: dict[str, Any] = {}
        self._maps: dict[str, dict[str, list[Any]]] = {}
        self._schemas: dict[str, list[Any]] = {}
        self._required: dict[str, None] = {}
        self.hints: list[str] = []
        """What is no longer in the merged schema."""

    def add(self, schema: Schema) -> None:
        for keyword, value in schema.items():
            if keyword in _MAPS and isinstance(value, dict):
                known = self._maps.setdefault(keyword, {})
                for name, inner in value.items():
                    known.setdefault(name, []).append(inner)
            elif keyword in _SCHEMAS and isinstance(value, dict | bool):
                self._schemas.setdefault(keyword, []).append(value)
            elif keyword == "required" and isinstance(value, list):
                self._required |= dict.fromkeys(n for n in value if isinstance(n, str))
            elif keyword in self._keys:
                self._keys[keyword] = self._both(keyword, self._keys[keyword], value)
            else:
                self._keys[keyword] = value

    def merged(self) -> dict[str, Any]:
        merged = self._keys
        for keyword, known in self._maps.items():
            merged[keyword] = {name: _all(schemas) for name, schemas in known.items()}
        for keyword, schemas in self._schemas.items():
            merged[keyword] = _all(schemas)
        if self._required:
            merged["required"] = list(self._required)
        return merged

    def _both(self, keyword: str, base: Any, over: Any) -> Any:
        if keyword == "type":
            return _both_types(base, over)
        if keyword == "enum":
            return _both_enums(base, over)
        if keyword == "not" and base in ({}, True):
            return base
        tighter = _TIGHTER.get(keyword)
        if tighter and _is_number(base) and _is_number(over):
            return tighter(base, over)
        if keyword in IN_WORDS and base is not over:
            self.hints += words.constraints({keyword: base})
        return over


def types_of(value: object) -> list[str]:
    """The types a "type" allows, each once."""
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(v for v in values if isinstance(v, str) and v in TYPES))


def _both_types(base: object, over: object) -> object:
    first, second = types_of(base), types_of(over)
    both = [kind for kind in second if kind in first or (kind == "integer" and "number" in first)]
    if "number" in second and "integer" in first and "integer" not in both:
        both.append("integer")
    if not both:
        return over if second else base
    return both if len(both) > 1 else both[0]


def _both_enums(base: object, over: object) -> object:
    if not isinstance(base, list) or not isinstance(over, list):
        return over if isinstance(over, list) else base
    known = set(map(words.in_json, base))
    return [value for value in over if words.in_json(value) in known] or over


def _all(schemas: list[Any]) -> Any:
    """A schema that means all of them."""
    distinct = list({id(schema): schema for schema in schemas}.values())
    if False in distinct:
        return False
    said = [schema for schema in distinct if schema not in (True, {})] or distinct[:1]
    return said[0] if len(said) == 1 else {"allOf": said}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
