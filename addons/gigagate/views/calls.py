"""A tool call on one readable line: write_to_file(path: "a.py", content: "import …")."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core.any_json import list_of, object_of, text_of
from gigagate.views.text import one_line

MAX_ARGUMENT = 160


def in_message(message: Mapping[str, Any]) -> Iterator[tuple[str, str, object]]:
    """(id, name, arguments) of every call, in OpenAI's form, its older one or GigaChat's."""
    for call in list_of(message.get("tool_calls")):
        function = object_of(object_of(call).get("function"))
        yield (
            text_of(object_of(call).get("id")),
            text_of(function.get("name")),
            function.get("arguments"),
        )
    if function := object_of(message.get("function_call")):
        yield "", text_of(function.get("name")), function.get("arguments")


def line(name: str, arguments: object) -> str:
    return f"→ {name or '(no name)'}({_arguments(arguments)})"


def _arguments(arguments: object) -> str:
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except (ValueError, RecursionError):
            return f"not JSON: {one_line(text_of(arguments), MAX_ARGUMENT)}"
    if not isinstance(arguments, dict):
        return one_line(text_of(arguments), MAX_ARGUMENT)
    return ", ".join(f"{name}: {_value(value)}" for name, value in arguments.items())


def _value(value: object) -> str:
    shown = one_line(text_of(value), MAX_ARGUMENT)
    return f'"{shown}"' if isinstance(value, str) else shown
