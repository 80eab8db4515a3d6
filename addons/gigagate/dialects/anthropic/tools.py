"""Anthropic's tools -> functions of a chat.

Three kinds: the client's own, with a schema; those whose schema Anthropic's models know by heart
and the client runs; those that Anthropic's servers run, which are not there.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import array_at, object_at, text_at
from gigagate.errors import InvalidRequest, UnsupportedFeature


class _Known(NamedTuple):
    name: str
    description: str
    properties: Mapping[str, Any]
    required: tuple[str, ...]


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "description": description}


def _number(description: str) -> dict[str, Any]:
    return {"type": "integer", "description": description}


_COMMANDS = ["view", "create", "str_replace", "insert"]

_KNOWN: Mapping[str, _Known] = {
    "bash_": _Known(
        "bash",
        "Runs a command in a shell that stays open from call to call, and gives its output.",
        {
            "command": _text("The command to run. Leave it out only to restart."),
            "restart": {"type": "boolean", "description": "true: the shell starts anew."},
        },
        (),
    ),
    "text_editor_": _Known(
        "str_replace_based_edit_tool",
        "Views, creates and edits text files. view: path, and view_range for some lines. create: "
        "path and file_text. str_replace: path, old_str, which must occur once, and new_str. "
        "insert: path, insert_line and insert_text.",
        {
            "command": {"type": "string", "enum": _COMMANDS, "description": "What to do."},
            "path": _text("Absolute path of the file or folder."),
            "file_text": _text("create: the whole text of the file."),
            "old_str": _text("str_replace: the text to replace, exactly as it stands there."),
            "new_str": _text("str_replace: what stands there instead."),
            "insert_line": _number("insert: the line after which to insert, 0 for the beginning."),
            "insert_text": _text("insert: what to insert."),
            "view_range": {
                "type": "array",
                "items": {"type": "integer"},
                "description": "view: first and last line, from 1; -1 for the end.",
            },
        },
        ("command", "path"),
    ),
}
"""How the type begins -> a tool without a schema that the client runs."""

_SEARCH = "tool_search_tool_"

_BUILTIN: Mapping[str, str] = {
    "web_search_": "web_search",
    "web_fetch_": "web_fetch",
    "code_execution_": "code_interpreter",
}
"""How the type begins -> what GigaChat runs in the place of Anthropic's servers."""


def is_server_tool(tool: Mapping[str, Any]) -> bool:
    """Whether Anthropic's servers would run it."""
    kind = tool.get("type")
    return isinstance(kind, str) and kind != "custom" and _known(kind) is None


def builtin(kind: str) -> str:
    """The pivot's kind of a tool of GigaChat's own that does what Anthropic's does; "" for none."""
    return next((pivot for begin, pivot in _BUILTIN.items() if kind.startswith(begin)), "")


def functions(
    given: object, loaded: Collection[str], policy: Policy, notes: Notes
) -> tuple[list[dict[str, Any]], list[str]]:
    """The chat's `tools`, and where each stands.

    loaded: names of deferred tools the model may call by now.
    Raises InvalidRequest, or UnsupportedFeature for Anthropic's own tools in strict mode.
    """
    tools = [object_at(f"tools[{i}]", tool) for i, tool in enumerate(_list(given))]
    all_loaded = any(str(tool.get("type")).startswith(_SEARCH) for tool in tools)
    functions: list[dict[str, Any]] = []
    places: list[str] = []
    waiting = 0
    for i, tool in enumerate(tools):
        if is_server_tool(tool):
            if policy.builtin_tools and (kind := builtin(tool["type"])):
                functions.append({"type": kind})
                places.append(f"tools[{i}]")
                continue
            _drop(f"tools[{i}]", tool["type"], notes, strict=policy.strict)
            continue
        function = _function(tool, f"tools[{i}]")
        if tool.get("defer_loading") is True and not all_loaded and function["name"] not in loaded:
            waiting += 1
        else:
            functions.append({"type": "function", "function": function})
            places.append(f"tools[{i}]")
    if waiting:
        notes.add("tools", f"deferred tools not loaded yet: {waiting}")
    return functions, places


def choice(
    given: object, offered: Collection[str], builtins: Collection[str] = ()
) -> str | dict[str, Any] | None:
    """The chat's `tool_choice`.  builtins: kinds of GigaChat's own.  Raises ClientError."""
    if given is None:
        return None
    wanted = object_at("tool_choice", given)
    kind = text_at("tool_choice.type", wanted.get("type"))
    if kind in _CHOICES:
        return _CHOICES[kind]
    if kind != "tool":
        known = ", ".join((*_CHOICES, "tool"))
        path = "tool_choice.type"
        raise InvalidRequest(f"{path} must be one of {known}.", param=path)
    name = text_at("tool_choice.name", wanted.get("name"))
    if (kind := builtin(f"{name}_")) and name not in offered and kind in builtins:
        return {"type": kind}
    if name not in offered:
        raise UnsupportedFeature(
            f"tool_choice.name {name[:64]!r} is no tool of this request that GigaChat can call.",
            param="tool_choice.name",
        )
    return {"type": "function", "function": {"name": name}}


def wants_one_call(given: object) -> bool:
    """given: `tool_choice`."""
    return isinstance(given, dict) and given.get("disable_parallel_tool_use") is True


_CHOICES: Mapping[str, str] = {"auto": "auto", "any": "required", "none": "none"}


def _list(given: object) -> list[Any]:
    return [] if given is None else array_at("tools", given)


def _known(kind: str) -> _Known | None:
    return next((tool for begin, tool in _KNOWN.items() if kind.startswith(begin)), None)


def _function(tool: dict[str, Any], path: str) -> dict[str, Any]:
    kind = tool.get("type")
    if isinstance(kind, str) and (known := _known(kind)):
        properties = {"type": "object", "properties": dict(known.properties)}
        if known.required:
            properties["required"] = list(known.required)
        name = text_at(f"{path}.name", tool.get("name") or known.name)
        return {"name": name, "description": known.description, "parameters": properties}
    function: dict[str, Any] = {"name": text_at(f"{path}.name", tool.get("name"))}
    if tool.get("description") is not None:
        function["description"] = text_at(f"{path}.description", tool["description"])
    if tool.get("input_schema") is not None:
        function["parameters"] = object_at(f"{path}.input_schema", tool["input_schema"])
    return function


def _drop(path: str, kind: str, notes: Notes, *, strict: bool) -> None:
    if strict:
        raise UnsupportedFeature(
            f"{path} is of type {kind[:64]!r}: Anthropic's servers run it, and GigaChat does not.",
            param=f"{path}.type",
        )
    notes.add("tools", f"{path} dropped: GigaChat has no tool of type {kind[:64]!r}")
