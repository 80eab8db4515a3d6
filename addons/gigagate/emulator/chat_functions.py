"""What GigaChat refuses in `functions` and `function_call`: names, schemas, a call of nothing."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from gigagate.emulator.config import EmulatorConfig

BUILTIN = frozenset({"text2image", "text2model3d", "get_file_content"})
"""Functions of GigaChat's own, listed by name alone."""

_NAME = re.compile(r"[A-Za-z_.\-][A-Za-z0-9_.\-]*")
_NOT_SUPPORTED = ("$ref", "$defs", "definitions", "anyOf", "oneOf", "allOf", "not", "const")
_FORMATS = frozenset({"date", "date-time", "time", "email", "uri", "uuid", "int32", "int64"})


def function_rules(
    functions: Sequence[dict[str, Any]], choice: Any, config: EmulatorConfig
) -> str | None:
    """GigaChat's words about the first thing wrong, or None."""
    bad = [f["name"] for f in functions if not _NAME.fullmatch(f["name"])]
    if bad:
        return (
            "Invalid params: Invalid function names. Only Latin letters (A-Z or a-z), "
            "underscore (_), hyphen (-), dot (.) and digits (not leading) are allowed.: "
            f"[{' '.join(bad)}]"
        )
    names = [f["name"] for f in functions]
    if len(set(names)) < len(names):
        return "Invalid params: function names must be unique"
    for function in functions:
        for fault in _function_faults(function, config):
            return fault
    if isinstance(choice, dict) and choice["name"] not in BUILTIN.union(names):
        return f"Invalid params: function {choice['name']} is not in functions"
    return None


def _function_faults(function: dict[str, Any], config: EmulatorConfig) -> Iterator[str]:
    parameters = function.get("parameters")
    if parameters is None:
        if function["name"] not in BUILTIN:
            yield "Field 'parameters' is missing"
        return
    yield from schema_faults(parameters, (), config.schema_keywords == "refuse")


def schema_faults(schema: Any, path: tuple[str, ...], strict: bool) -> Iterator[str]:
    """Depth first.  "Field '….properties' is missing" is recorded; the others are strict's own."""
    if not isinstance(schema, dict):
        yield f"Field '{'.'.join(path)}' must be an object"
        return
    if strict:
        yield from _unsupported(schema, path)
    kind = schema.get("type")
    if kind == "object" and "properties" not in schema:
        yield f"Field '{'.'.join((*path, 'properties'))}' is missing"
    if kind == "array" and strict and "items" not in schema:
        yield f"Field '{'.'.join((*path, 'items'))}' is missing"
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        yield f"Field '{'.'.join((*path, 'properties'))}' must be an object"
        return
    for name, item in properties.items():
        yield from schema_faults(item, (*path, "properties", name), strict)
    if isinstance(schema.get("items"), dict):
        yield from schema_faults(schema["items"], (*path, "items"), strict)


def _unsupported(schema: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for keyword in _NOT_SUPPORTED:
        if keyword in schema:
            yield f"Field '{'.'.join((*path, keyword))}' is not supported"
    kind = schema.get("type")
    if not isinstance(kind, str):
        problem = "is missing" if kind is None else "must be a string"
        yield f"Field '{'.'.join((*path, 'type'))}' {problem}"
    if any(not isinstance(v, str) for v in schema.get("enum") or ()):
        yield f"Field '{'.'.join((*path, 'enum'))}' must hold strings"
    if "format" in schema and schema["format"] not in _FORMATS:
        yield f"Field '{'.'.join((*path, 'format'))}' is not supported"
