"""Every keyword of JSON Schema, and what becomes of it: kept, told in words, resolved or nothing.

Drafts 4 to 2020-12 and OpenAPI's own. tests/gigachat/test_schema_keywords.py holds the table
against the meta-schemas: a keyword that stands in none of the sets would be lost unnoticed.
"""

KEPT = frozenset({"type", "description", "enum", "properties", "required", "items"})
"""GigaChat has them too."""

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")

COMBINING = frozenset(
    {
        *REFERENCES,
        "$id",
        "id",
        "const",
        "allOf",
        "anyOf",
        "oneOf",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "dependencies",
    }
)
"""Resolved: what they say becomes part of the schema that they stand in."""

IN_WORDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "length at least {}",
    "maxLength": "length at most {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minContains": "at least {} such items",
    "maxContains": "at most {} such items",
    "minProperties": "at least {} keys",
    "maxProperties": "at most {} keys",
    "uniqueItems": "no item twice",
    "pattern": "pattern: {}",
    "format": "format: {}",
    "contentEncoding": "encoded as {}",
    "contentMediaType": "content: {}",
    "contentSchema": "the content fits: {}",
    "default": "default: {}",
    "examples": "for example: {}",
    "example": "for example: {}",
    "propertyNames": "names of the keys: {}",
    "dependentRequired": "keys that need others: {}",
    "contains": "holds an item that fits: {}",
    "not": "must not fit: {}",
    "readOnly": "read only",
    "writeOnly": "write only",
    "deprecated": "deprecated",
}
"""Keyword -> the words, with {} for its value: text as it is, anything else as JSON."""

FLAGS = frozenset({"uniqueItems", "readOnly", "writeOnly", "deprecated"})
"""Those of IN_WORDS that say something only where they are true."""

SHAPED = frozenset(
    {
        "additionalProperties",
        "unevaluatedProperties",
        "patternProperties",
        "prefixItems",
        "additionalItems",
        "unevaluatedItems",
        "nullable",
    }
)
"""Told in words too, each in its own way (schema.py)."""

MEANINGLESS = frozenset(
    {
        "$schema",
        "$comment",
        "$vocabulary",
        "$defs",
        "definitions",
        "$anchor",
        "$dynamicAnchor",
        "$recursiveAnchor",
        "title",
    }
)
"""They say nothing about a value; the definitions and their names serve references."""

ANNOTATIONS = MEANINGLESS | {
    "$id",
    "id",
    "description",
    "default",
    "examples",
    "example",
    "readOnly",
    "writeOnly",
    "deprecated",
}
"""A schema of these alone lets any value through."""
