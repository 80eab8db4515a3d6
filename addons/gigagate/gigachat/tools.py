"""Tools: OpenAI's `tools` and `tool_choice` (or older `functions` and `function_call`) ->
GigaChat's `functions` and `function_call`, and the names in both directions.

GigaChat v1 takes names of Latin letters, digits (not leading), "_", "-" and "."; a name of one
of its builtins clashes with it; and it can be made to call one function by name, not "any".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.schema import cleaned
from gigagate.gigachat.validation import array_at, object_at, text_at, wrong_type

BUILTINS = frozenset({"text2image", "text2model3d", "get_file_content"})
"""GigaChat v1's own functions, which a request may list by name alone."""

RESERVED = BUILTINS | {
    "web_search",
    "url_content_extraction",
    "code_interpreter",
    "image_generate",
    "model_3d_generate",
}

FunctionCall = str | dict[str, Any]

_REFUSED = re.compile(r"[^A-Za-z0-9_.-]")


class Definition(NamedTuple):
    path: str
    """"tools[0].function" or "functions[0]"."""
    function: dict[str, Any]
    """Its "name" is a string."""

    @property
    def name(self) -> str:
        name: str = self.function["name"]
        return name

    @property
    def is_builtin(self) -> bool:
        return self.name in BUILTINS and self.function.keys() <= {"name", "strict"}


@dataclass(frozen=True, slots=True)
class Tools:
    functions: list[dict[str, Any]]
    function_call: FunctionCall | None
    instruction: str | None
    """For the system message, where GigaChat cannot be told by a parameter."""


def upstream_name(name: str) -> str:
    """A name GigaChat takes, for a function the client calls `name`. Allowed names stay."""
    allowed = _REFUSED.sub("_", name)
    if not allowed or allowed[0].isdigit():
        allowed = "_" + allowed
    return allowed + "_tool" if allowed in RESERVED else allowed


class ToolNames:
    """The names of one request's functions, to GigaChat and back."""

    def __init__(self, to_upstream: Mapping[str, str]) -> None:
        self._to_upstream = to_upstream
        self._to_client = {upstream: name for name, upstream in to_upstream.items()}

    @classmethod
    def of(cls, chat: Mapping[str, Any]) -> "ToolNames":
        """Raises InvalidRequest for definitions that are no functions."""
        mapped: dict[str, str] = {}
        changed: list[str] = []
        for definition in definitions(chat):
            name = definition.name
            if definition.is_builtin or upstream_name(name) == name:
                mapped[name] = name
            else:
                changed.append(name)
        taken = set(mapped)
        for name in dict.fromkeys(changed):
            mapped[name] = _unused(upstream_name(name), taken)
            taken.add(mapped[name])
        return cls(mapped)

    def __contains__(self, name: str) -> bool:
        """Whether the request defines a function that the client calls `name`."""
        return name in self._to_upstream

    def to_upstream(self, name: str) -> str:
        return self._to_upstream.get(name) or upstream_name(name)

    def to_client(self, name: str) -> str:
        return self._to_client.get(name, name)


def definitions(chat: Mapping[str, Any]) -> Iterator[Definition]:
    """Every function the request defines, in order. OpenAI's builtin tools are passed over."""
    for i, tool in enumerate(_list(chat, "tools")):
        if object_at(f"tools[{i}]", tool).get("type", "function") == "function":
            yield _definition(f"tools[{i}].function", tool.get("function"))
    for i, function in enumerate(_list(chat, "functions")):
        yield _definition(f"functions[{i}]", function)


def translate(chat: Mapping[str, Any], names: ToolNames, policy: Policy, notes: Notes) -> Tools:
    """Raises InvalidRequest, or UnsupportedFeature for what GigaChat lacks (in strict mode)."""
    _drop_builtins(chat, policy, notes)
    choice = _choice(chat)
    functions: dict[str, dict[str, Any]] = {}
    for definition in definitions(chat):
        if choice.allowed is not None and definition.name not in choice.allowed:
            continue
        if definition.name in functions:
            notes.add("tools", f"{definition.path} dropped: an earlier one has its name")
        else:
            functions[definition.name] = _function(definition, names)
    renamed = [name for name in functions if names.to_upstream(name) != name]
    if renamed:
        notes.add("tools", f"{len(renamed)} functions renamed for GigaChat")
    if functions:
        notes.add("tools", f"tools -> {len(functions)} functions")
    call, instruction = _function_call(choice, list(functions), names, notes)
    return Tools(list(functions.values()), call, instruction)


class _Choice(NamedTuple):
    mode: str
    """"auto", "none", "required", "function" (by name) or "" (not given)."""
    path: str = "tool_choice"
    name: str = ""
    partial_arguments: dict[str, Any] | None = None
    """GigaChat's own: arguments given in advance."""
    allowed: frozenset[str] | None = None


def _choice(chat: Mapping[str, Any]) -> _Choice:
    given = chat.get("tool_choice")
    if given is None:
        return _older_choice(chat.get("function_call"))
    if isinstance(given, str):
        if given in ("auto", "none", "required"):
            return _Choice(given)
        raise InvalidRequest(
            'tool_choice must be "auto", "none", "required" or an object that names a function.',
            param="tool_choice",
        )
    if not isinstance(given, dict):
        raise wrong_type("tool_choice", "a string or an object", given)
    kind = given.get("type")
    if kind == "function":
        function = object_at("tool_choice.function", given.get("function"))
        return _Choice("function", name=text_at("tool_choice.function.name", function.get("name")))
    if kind == "allowed_tools":
        return _allowed_tools(given)
    raise UnsupportedFeature(
        "tool_choice can force functions only: GigaChat has no other tools.", param="tool_choice"
    )


def _older_choice(given: object) -> _Choice:
    if given is None:
        return _Choice("")
    if isinstance(given, str):
        if given in ("auto", "none"):
            return _Choice(given, "function_call")
        raise InvalidRequest(
            'function_call must be "auto", "none" or an object with a name.', param="function_call"
        )
    given = object_at("function_call", given)
    partial = given.get("partial_arguments")
    return _Choice(
        "function",
        "function_call",
        text_at("function_call.name", given.get("name")),
        None if partial is None else object_at("function_call.partial_arguments", partial),
    )


def _allowed_tools(given: dict[str, Any]) -> _Choice:
    path = "tool_choice.allowed_tools"
    allowed = object_at(path, given.get("allowed_tools"))
    mode = allowed.get("mode")
    if mode not in ("auto", "required"):
        raise InvalidRequest(f'{path}.mode must be "auto" or "required".', param=f"{path}.mode")
    names = set()
    for i, tool in enumerate(array_at(f"{path}.tools", allowed.get("tools"))):
        at = f"{path}.tools[{i}]"
        function = object_at(f"{at}.function", object_at(at, tool).get("function"))
        names.add(text_at(f"{at}.function.name", function.get("name")))
    return _Choice(mode, allowed=frozenset(names))


def _function_call(
    choice: _Choice, names: list[str], tool_names: ToolNames, notes: Notes
) -> tuple[FunctionCall | None, str | None]:
    if choice.mode == "function":
        if choice.name not in names and choice.name not in BUILTINS:
            raise InvalidRequest(
                f"{choice.path} names a function that the request does not define.",
                param=choice.path,
            )
        forced = {"name": tool_names.to_upstream(choice.name)}
        if choice.partial_arguments is not None:
            return {**forced, "partial_arguments": choice.partial_arguments}, None
        return forced, None
    if not names:
        if choice.path == "function_call" and choice.mode:
            return choice.mode, None
        if choice.mode == "required":
            raise InvalidRequest(
                "tool_choice is required, but the request defines no function.", param="tool_choice"
            )
        return None, None
    if choice.mode != "required":
        return choice.mode or "auto", None
    if len(names) == 1:
        notes.add("tools", "tool_choice required -> the one function by name")
        return {"name": tool_names.to_upstream(names[0])}, None
    notes.add("tools", "tool_choice required -> auto and an instruction: GigaChat cannot force any")
    listed = ", ".join(map(tool_names.to_upstream, names))
    return "auto", f"You must answer by calling one of these functions, never with text: {listed}."


def _function(definition: Definition, names: ToolNames) -> dict[str, Any]:
    path, given = definition
    if definition.is_builtin:
        return {"name": definition.name}
    function: dict[str, Any] = {"name": names.to_upstream(definition.name)}
    if given.get("description") is not None:
        function["description"] = text_at(f"{path}.description", given["description"])
    function["parameters"] = _schema(f"{path}.parameters", given.get("parameters"))
    if given.get("few_shot_examples") is not None:
        function["few_shot_examples"] = array_at(
            f"{path}.few_shot_examples", given["few_shot_examples"]
        )
    if given.get("return_parameters") is not None:
        function["return_parameters"] = _schema(
            f"{path}.return_parameters", given["return_parameters"]
        )
    return function


def _schema(path: str, schema: object) -> dict[str, Any]:
    clean = cleaned({} if schema is None else object_at(path, schema))
    if clean["type"] != "object":
        raise InvalidRequest(f'{path} must be a schema of type "object".', param=path)
    return clean


def _drop_builtins(chat: Mapping[str, Any], policy: Policy, notes: Notes) -> None:
    for i, tool in enumerate(_list(chat, "tools")):
        kind = object_at(f"tools[{i}]", tool).get("type", "function")
        if kind == "function":
            continue
        kind = text_at(f"tools[{i}].type", kind)[:64]
        if policy.strict:
            raise UnsupportedFeature(
                f"tools[{i}] is of type {kind!r}; GigaChat knows functions only.",
                param=f"tools[{i}].type",
            )
        notes.add("tools", f"tools[{i}] dropped: GigaChat has no tool of type {kind!r}")


def _definition(path: str, function: object) -> Definition:
    function = object_at(path, function)
    text_at(f"{path}.name", function.get("name"))
    return Definition(path, function)


def _list(chat: Mapping[str, Any], key: str) -> list[Any]:
    value = chat.get(key)
    return [] if value is None else array_at(key, value)


def _unused(name: str, taken: set[str]) -> str:
    candidate, n = name, 2
    while candidate in taken:
        candidate, n = f"{name}_{n}", n + 1
    return candidate
