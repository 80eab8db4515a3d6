"""The tools of a request: all kinds as functions for the model, and from a call back to its kind.

A namespace's tools get its name before theirs, with a dot; a tool with an input of free text
becomes a function of one string.  The client knows its call again only in the tool's own kind.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import array_at, object_at, text_at
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat import builtin_tools

ToolKind = Literal["function", "custom", "tool_search", "local_shell", "shell", "apply_patch"]


class ClientTool(NamedTuple):
    """A tool as the client knows it."""

    kind: ToolKind
    name: str
    namespace: str | None = None

    @property
    def function(self) -> str:
        """The name of its function, as the model knows it."""
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


_TEXT = {"type": "string"}
_WORDS = {"type": "array", "items": _TEXT}
_INTEGER = {"type": "integer"}


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


_OWN_SCHEMAS: Mapping[ToolKind, tuple[str, dict[str, Any]]] = {
    "tool_search": (
        "Find more tools by what they should do. Those found can be called afterwards.",
        _object(("query",), query=_TEXT, limit=_INTEGER),
    ),
    "local_shell": (
        "Run a command: the program and its arguments, each a string of its own.",
        _object(("command",), command=_WORDS, workdir=_TEXT, timeout_ms=_INTEGER),
    ),
    "shell": (
        "Run shell commands, one after another.",
        _object(("commands",), commands=_WORDS, timeout_ms=_INTEGER, max_output_length=_INTEGER),
    ),
    "apply_patch": (
        "Create, update or delete one file. For create_file and update_file, `diff` is the change "
        "in the V4A form: lines begin with '+', '-' or a space, sections with '@@'.",
        _object(
            ("type", "path"),
            type={"type": "string", "enum": ["create_file", "update_file", "delete_file"]},
            path=_TEXT,
            diff=_TEXT,
        ),
    ),
}
"""Kinds without a schema of the client's -> description and parameters."""

_INPUT = _object(("input",), input={"type": "string", "description": "The whole input, as is."})

_ALLOWED = "tool_choice.tools"


class ClientTools:
    """Grows: a history may bring tools that the request does not list."""

    def __init__(self, policy: Policy, notes: Notes) -> None:
        self.functions: list[dict[str, Any]] = []
        """In the pivot's form; among them those that GigaChat runs itself."""
        self.places: list[str] = []
        """Where each stands in the request."""
        self._by_function: dict[str, ClientTool] = {}
        self._strict = policy.strict
        self._builtin = policy.builtin_tools and policy.api != "v1"
        self._notes = notes
        self._left_out: list[str] = []

    def add(self, given: object, path: str = "tools") -> None:
        """Raises ClientError."""
        tools = [] if given is None else array_at(path, given)
        for index, tool in enumerate(tools):
            self._add(object_at(f"{path}[{index}]", tool), f"{path}[{index}]")

    def check(self) -> None:
        """Once all are added.  Raises UnsupportedFeature where nothing that was wanted is left."""
        if not self._left_out:
            return
        kinds = ", ".join(dict.fromkeys(self._left_out))
        if not self.functions:
            raise UnsupportedFeature(
                f"GigaChat has no tool of the kind {kinds}, and the request has no other: "
                "an answer without it would be an invention.",
                param="tools",
            )
        self._notes.add("tools", f"tools left out, GigaChat has none of the kind: {kinds}")

    def called(self, function: str) -> ClientTool:
        """The tool that the model calls by this name."""
        return self._by_function.get(function) or ClientTool("function", function)

    def choice(self, given: object) -> object:
        """`tool_choice` in the pivot's form.  Raises ClientError."""
        if given is None or isinstance(given, str):
            return given
        choice = object_at("tool_choice", given)
        if {"type": (own := builtin_tools.kind_of(choice.get("type")))} in self.functions:
            return {"type": own}
        if choice.get("type") != "allowed_tools":
            return _forced(self._chosen(choice, "tool_choice"))
        tools = array_at(_ALLOWED, choice.get("tools"))
        allowed = [
            _forced(self._chosen(object_at(f"{_ALLOWED}[{i}]", tool), f"{_ALLOWED}[{i}]"))
            for i, tool in enumerate(tools)
            if str(object_at(f"{_ALLOWED}[{i}]", tool).get("type")) in _READERS
        ]
        inner = {"mode": choice.get("mode"), "tools": allowed}
        return {"type": "allowed_tools", "allowed_tools": inner}

    def _chosen(self, choice: dict[str, Any], path: str) -> str:
        """The function's name."""
        kind = text_at(f"{path}.type", choice.get("type"))
        if kind in _OWN_SCHEMAS:
            return kind
        if kind not in ("function", "custom"):
            raise UnsupportedFeature(
                f"{path} names a tool that GigaChat does not have.", param=path
            )
        name = text_at(f"{path}.name", choice.get("name"))
        namespace = choice.get("namespace")
        return f"{namespace}.{name}" if isinstance(namespace, str) and namespace else name

    def _add(self, tool: dict[str, Any], path: str) -> None:
        kind = text_at(f"{path}.type", tool.get("type"))
        reader = _READERS.get(kind)
        if self._builtin and (own := builtin_tools.kind_of(kind)) and builtin_tools.may_run(tool):
            if {"type": own} not in self.functions:
                self.functions.append({"type": own})
                self.places.append(path)
            return
        if reader is None or tool.get("execution") == "server":
            if self._strict:
                raise UnsupportedFeature(
                    f"{path} is a tool of the kind {kind[:40]}, which GigaChat does not have.",
                    param=path,
                )
            self._left_out.append(kind[:40])
            return
        for entry, function, place in reader(tool, path):
            if entry.function not in self._by_function:
                self._by_function[entry.function] = entry
                self.functions.append({"type": "function", "function": function})
                self.places.append(place)


_Made = Iterator[tuple[ClientTool, dict[str, Any], str]]
"""Each with its place in the request."""


def _function(tool: dict[str, Any], path: str, namespace: str | None = None) -> _Made:
    entry = ClientTool("function", _name(tool, path), namespace)
    function = {"name": entry.function, "description": tool.get("description")}
    function |= {"parameters": tool.get("parameters"), "strict": tool.get("strict")}
    yield entry, _without_nulls(function), path


def _custom(tool: dict[str, Any], path: str, namespace: str | None = None) -> _Made:
    entry = ClientTool("custom", _name(tool, path), namespace)
    said = [tool.get("description"), _grammar(tool.get("format"), f"{path}.format")]
    description = "\n\n".join(text for text in said if isinstance(text, str) and text)
    function = {"name": entry.function, "description": description or None, "parameters": _INPUT}
    yield entry, _without_nulls(function), path


def _namespace(tool: dict[str, Any], path: str) -> _Made:
    namespace = _name(tool, path)
    about = tool.get("description")
    for index, inner in enumerate(array_at(f"{path}.tools", tool.get("tools"))):
        at = f"{path}.tools[{index}]"
        kind = object_at(at, inner).get("type")
        if kind not in ("function", "custom"):
            raise InvalidRequest(f"{at}.type must be function or custom.", param=f"{at}.type")
        reader = _function if kind == "function" else _custom
        for entry, function, place in reader(inner, at, namespace):
            if isinstance(about, str) and about:
                own = function.get("description") or ""
                function["description"] = f"{about}\n\n{own}".rstrip()
            yield entry, function, place


def _own(tool: dict[str, Any], path: str) -> _Made:
    kind: ToolKind = tool["type"]
    description, parameters = _OWN_SCHEMAS[kind]
    function = {
        "name": kind,
        "description": tool.get("description") or description,
        "parameters": tool.get("parameters") or parameters,
    }
    yield ClientTool(kind, kind), function, path


_READERS: Mapping[str, Callable[[dict[str, Any], str], _Made]] = {
    "function": _function,
    "custom": _custom,
    "namespace": _namespace,
    **dict.fromkeys(_OWN_SCHEMAS, _own),
}


def _forced(function: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": function}}


def _grammar(given: object, path: str) -> str:
    if not isinstance(given, dict) or given.get("type") != "grammar":
        return ""
    definition = text_at(f"{path}.definition", given.get("definition"))
    return f"The input must follow this grammar ({given.get('syntax')}):\n{definition}"


def _name(tool: dict[str, Any], path: str) -> str:
    name = text_at(f"{path}.name", tool.get("name"))
    if not name:
        raise InvalidRequest(f"{path}.name must not be empty.", param=f"{path}.name")
    return name


def _without_nulls(function: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in function.items() if value is not None}
