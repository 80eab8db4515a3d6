"""Gemini's tools -> functions of a chat.

Of those that Google's servers would run, GigaChat runs some itself; the others are not there.
"""

from collections.abc import Collection, Mapping
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import object_at, text_at
from gigagate.core.value_types import Strings
from gigagate.dialects.gemini.fields import each, fields_at
from gigagate.dialects.gemini.schema import json_schema
from gigagate.errors import InvalidRequest, UnsupportedFeature

DECLARED = "functionDeclarations"
_BUILTIN: Mapping[str, str] = {
    "googleSearch": "web_search",
    "googleSearchRetrieval": "web_search",
    "enterpriseWebSearch": "web_search",
    "urlContext": "web_fetch",
    "codeExecution": "code_interpreter",
}
"""Google's tool -> the pivot's kind of one that GigaChat runs itself."""
_CONFIG = "toolConfig.functionCallingConfig"
_MODES: Mapping[str, str] = {
    "AUTO": "auto",
    "VALIDATED": "auto",
    "ANY": "required",
    "NONE": "none",
    "MODE_UNSPECIFIED": "auto",
}
_STRINGS = Strings()


def built_in(given: object) -> list[str]:
    """The kinds of tools that Google's servers would run: "googleSearch", …"""
    tools = (fields_at(path, tool) for tool, path in each(given, "tools"))
    return [kind for tool in tools for kind in tool if kind != DECLARED]


def declares(given: object) -> bool:
    """Whether there is a function that the client runs."""
    tools = (fields_at(path, tool) for tool, path in each(given, "tools"))
    return any(tool.get(DECLARED) for tool in tools)


def functions(
    given: object, policy: Policy, notes: Notes
) -> tuple[list[dict[str, Any]], list[str]]:
    """The chat's `tools`, and where each stands.

    Raises InvalidRequest, or UnsupportedFeature for Google's own tools in strict mode.
    """
    found: list[dict[str, Any]] = []
    places: list[str] = []
    for tool, path in each(given, "tools"):
        fields = fields_at(path, tool)
        for kind in fields:
            if kind in _BUILTIN and policy.builtin_tools:
                found.append({"type": _BUILTIN[kind]})
                places.append(path)
            elif kind != DECLARED:
                _drop(path, kind, notes, strict=policy.strict)
        for declared, at in each(fields.get(DECLARED), f"{path}.{DECLARED}"):
            found.append({"type": "function", "function": _function(declared, at)})
            places.append(at)
    return found, places


def choice(given: object, offered: Collection[str]) -> str | dict[str, Any] | None:
    """The chat's `tool_choice`.  Raises ClientError."""
    config = fields_at(_CONFIG, fields_at("toolConfig", given).get("functionCallingConfig"))
    mode = config.get("mode")
    if mode is None and config.get("allowedFunctionNames") is None:
        return None
    mode = text_at(f"{_CONFIG}.mode", "AUTO" if mode is None else mode).upper()
    if mode not in _MODES:
        known = ", ".join(_MODES)
        raise InvalidRequest(f"{_CONFIG}.mode must be one of {known}.", param=f"{_CONFIG}.mode")
    path = f"{_CONFIG}.allowedFunctionNames"
    allowed = _STRINGS.check(path, config.get("allowedFunctionNames") or [])
    if not allowed or mode == "NONE":
        return _MODES[mode]
    for name in allowed:
        if name not in offered:
            raise UnsupportedFeature(
                f"{path} has {name[:64]!r}, which this request does not declare.", param=path
            )
    named = [{"type": "function", "function": {"name": name}} for name in allowed]
    if mode == "ANY" and len(named) == 1:
        return named[0]
    return {"type": "allowed_tools", "allowed_tools": {"mode": _MODES[mode], "tools": named}}


def _function(given: object, path: str) -> dict[str, Any]:
    declared = fields_at(path, given)
    function: dict[str, Any] = {"name": text_at(f"{path}.name", declared.get("name"))}
    if declared.get("description") is not None:
        function["description"] = text_at(f"{path}.description", declared["description"])
    for name, key in (("parameters", "parameters"), ("response", "return_parameters")):
        if declared.get(f"{name}JsonSchema") is not None:
            at = f"{path}.{name}JsonSchema"
            function[key] = object_at(at, declared[f"{name}JsonSchema"])
        elif declared.get(name) is not None:
            function[key] = json_schema(object_at(f"{path}.{name}", declared[name]))
    if "return_parameters" in function:
        function["return_parameters"] = _of_an_object(function["return_parameters"])
    return function


def _of_an_object(returned: Mapping[str, Any]) -> Mapping[str, Any]:
    """What GigaChat knows functions to return; anything else is sent to it as {"result": …}."""
    kind = returned.get("type", "object")
    if not isinstance(kind, str | list) or "object" in kind:
        return returned
    return {"type": "object", "properties": {"result": returned}}


def _drop(path: str, kind: str, notes: Notes, *, strict: bool) -> None:
    if strict:
        raise UnsupportedFeature(
            f"{path}.{kind[:64]} is a tool that Google's servers run, and GigaChat does not.",
            param=f"{path}.{kind[:64]}",
        )
    notes.add("tools", f"{path} dropped: GigaChat has no tool {kind[:64]!r}")
