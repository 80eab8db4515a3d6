"""Calls of tools: an item of a response for the call the model made, and back."""

from collections.abc import Callable, Mapping
from json import JSONDecodeError
from typing import Any

from gigagate.core import compact_json, strict_json
from gigagate.core.pivot import ToolCall
from gigagate.dialects.openai.responses.tools import ClientTool

PREFIXES: Mapping[str, str] = {
    "function": "fc",
    "custom": "ctc",
    "tool_search": "tsc",
    "local_shell": "lsh",
    "shell": "sh",
    "apply_patch": "apc",
}
"""Kind of a tool -> how the ids of its items begin."""


def item(tool: ClientTool, call: ToolCall, item_id: str) -> dict[str, Any]:
    """The finished item."""
    of_kind = _ITEMS[tool.kind](tool, call.arguments)
    return {"id": item_id, "call_id": call.id, "status": "completed", **of_kind}


def begun(finished: Mapping[str, Any]) -> dict[str, Any]:
    """The same item before its arguments have come."""
    opened = {**finished, "status": "in_progress"}
    for key in ("arguments", "input"):
        if isinstance(opened.get(key), str):
            opened[key] = ""
    return opened


def arguments_of(item: Mapping[str, Any]) -> str:
    """The arguments of the function that an item of a history called, as JSON text."""
    return compact_json.dumps(_ARGUMENTS[item["type"]](item)).decode()


def _function(tool: ClientTool, arguments: str) -> dict[str, Any]:
    of_kind = {"type": "function_call", "name": tool.name, "arguments": arguments}
    return of_kind | _namespace(tool)


def _custom(tool: ClientTool, arguments: str) -> dict[str, Any]:
    of_kind = {"type": "custom_tool_call", "name": tool.name, "input": _input(arguments)}
    return of_kind | _namespace(tool)


def _tool_search(_: ClientTool, arguments: str) -> dict[str, Any]:
    given = _parsed(arguments)
    return {"type": "tool_search_call", "execution": "client", "arguments": given}


def _local_shell(_: ClientTool, arguments: str) -> dict[str, Any]:
    given = _parsed(arguments)
    command = _words(given.get("command"), ("bash", "-lc"))
    action: dict[str, Any] = {"type": "exec", "command": command, "env": {}}
    action |= _optional(given, workdir=("working_directory", str), timeout_ms=("timeout_ms", int))
    return {"type": "local_shell_call", "action": action}


def _shell(_: ClientTool, arguments: str) -> dict[str, Any]:
    given = _parsed(arguments)
    action: dict[str, Any] = {
        "commands": _words(given.get("commands")),
        "timeout_ms": None,
        "max_output_length": None,
    }
    kept = {name: (name, int) for name in ("timeout_ms", "max_output_length")}
    return {"type": "shell_call", "action": action | _optional(given, **kept)}


def _apply_patch(_: ClientTool, arguments: str) -> dict[str, Any]:
    given = _parsed(arguments)
    kind = given.get("type")
    if kind not in ("create_file", "update_file", "delete_file"):
        kind = "update_file"
    operation = {"type": kind, "path": str(given.get("path", ""))}
    if kind != "delete_file":
        operation["diff"] = str(given.get("diff", ""))
    return {"type": "apply_patch_call", "operation": operation}


_ITEMS: Mapping[str, Callable[[ClientTool, str], dict[str, Any]]] = {
    "function": _function,
    "custom": _custom,
    "tool_search": _tool_search,
    "local_shell": _local_shell,
    "shell": _shell,
    "apply_patch": _apply_patch,
}

_ARGUMENTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "custom_tool_call": lambda item: {"input": item.get("input")},
    "tool_search_call": lambda item: item.get("arguments") or {},
    "local_shell_call": lambda item: _of_action(item, workdir="working_directory"),
    "shell_call": lambda item: _of_action(item),
    "apply_patch_call": lambda item: item.get("operation") or {},
}


def _of_action(item: Mapping[str, Any], **renamed: str) -> dict[str, Any]:
    action = item.get("action")
    given = dict(action) if isinstance(action, dict) else {}
    for ours, theirs in renamed.items():
        given[ours] = given.pop(theirs, None)
    left_out = ("type", "env", "user")
    return {k: v for k, v in given.items() if v is not None and k not in left_out}


def _namespace(tool: ClientTool) -> dict[str, str]:
    return {"namespace": tool.namespace} if tool.namespace else {}


def _input(arguments: str) -> str:
    """What stands in {"input": …}; a model that does not keep to it has its text taken as it is."""
    given = _parsed(arguments)
    if isinstance(text := given.get("input"), str):
        return text
    if len(given) == 1 and isinstance(text := next(iter(given.values())), str):
        return text
    return arguments


def _words(given: object, shell: tuple[str, ...] = ()) -> list[str]:
    """shell: what runs a command that is one text."""
    if isinstance(given, str):
        return [*shell, given]
    return [str(word) for word in given] if isinstance(given, list) else []


def _optional(given: Mapping[str, Any], **wanted: tuple[str, type]) -> dict[str, Any]:
    return {
        theirs: given[ours]
        for ours, (theirs, kind) in wanted.items()
        if isinstance(given.get(ours), kind)
    }


def _parsed(arguments: str) -> dict[str, Any]:
    try:
        parsed = strict_json.loads(arguments)
    except (JSONDecodeError, ValueError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
