"""OpenAI's `tools` (or older `functions`) -> GigaChat's `functions`, and names in both directions.

A function whose name had to be changed says in its description what the client calls it: the
conversation speaks of it by that name.

Agents send the same definitions with every request, dozens of them, so what became of them is
remembered: by their JSON, which is written a hundred times as fast as they are translated.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from gigagate.core import compact_json, strict_json
from gigagate.core.notes import Note, Notes
from gigagate.core.policy import Policy
from gigagate.core.validation import array_at, object_at, text_at
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.schema import cleaned
from gigagate.gigachat.schema_budget import SchemaBudget
from gigagate.gigachat.schema_words import described
from gigagate.gigachat.tool_name import BUILTINS, Unused, upstream_name
from gigagate.plural import counted

REMEMBERED = 16
MAX_REMEMBERED = 256 * 1024
"""Lists of definitions that are remembered, and the bytes of the largest."""

RUN = "gigachat"
"""The type of what stands in the place of a tool that GigaChat runs itself."""

_SHOWN = 200
"""Characters of a function's own name that its description tells."""


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


class ToolNames:
    """The names of one request's functions, to GigaChat and back."""

    def __init__(self, to_upstream: Mapping[str, str], content: bytes | None = None) -> None:
        """content: the definitions as JSON, by which they are remembered."""
        self.content = content
        self._to_upstream = to_upstream
        self._to_client = {upstream: name for name, upstream in to_upstream.items()}

    @classmethod
    def of(cls, chat: Mapping[str, Any]) -> "ToolNames":
        """Raises InvalidRequest for definitions that are no functions."""
        content = _content(chat)
        return cls._of(chat, None) if content is None else _remembered_names(content)

    @classmethod
    def _of(cls, chat: Mapping[str, Any], content: bytes | None) -> "ToolNames":
        mapped: dict[str, str] = {}
        changed: dict[str, None] = {}
        for definition in definitions(chat):
            name = definition.name
            if name in mapped or name in changed:  # the first of a name is the one that goes out
                continue
            if definition.is_builtin or upstream_name(name) == name:
                mapped[name] = name
            else:
                changed[name] = None
        unused = Unused(set(mapped))
        for name in changed:
            mapped[name] = unused.take(upstream_name(name))
        return cls(mapped, content)

    def __contains__(self, name: str) -> bool:
        """Whether the request defines a function that the client calls `name`."""
        return name in self._to_upstream

    def to_upstream(self, name: str) -> str:
        """A name the request does not define, as of a call long ago, is mapped by itself."""
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


def functions(
    chat: Mapping[str, Any],
    allowed: frozenset[str] | None,
    policy: Policy,
    notes: Notes,
    names: ToolNames | None = None,
) -> Mapping[str, dict[str, Any]]:
    """GigaChat's `functions` by the client's names.  Not to be modified.

    allowed: None for all.  names: those of this chat, where they are known already.

    Raises InvalidRequest, or UnsupportedFeature for tools GigaChat lacks (in strict mode).
    """
    names = ToolNames.of(chat) if names is None else names
    if not (chat.get("tools") or chat.get("functions")):
        return {}
    if names.content is None:
        budget = SchemaBudget.of(chat.get("tools"), chat.get("functions"))
        translated = _translated(chat, names, allowed, policy.strict, budget)
    else:
        translated = _remembered(names.content, allowed, policy.strict)
    for note in translated.notes:
        notes.add(*note)
    return translated.functions


class _Translated(NamedTuple):
    functions: Mapping[str, dict[str, Any]]
    notes: tuple[Note, ...]


def _content(chat: Mapping[str, Any]) -> bytes | None:
    """The bytes by which the definitions are remembered; None if they are not."""
    if not chat.get("tools") and not chat.get("functions"):
        return None
    try:
        content = compact_json.dumps({key: chat.get(key) for key in ("tools", "functions")})
    except RecursionError:
        return None
    return content if len(content) <= MAX_REMEMBERED else None


@lru_cache(REMEMBERED)
def _remembered_names(content: bytes) -> ToolNames:
    return ToolNames._of(strict_json.loads(content), content)


@lru_cache(REMEMBERED)
def _remembered(content: bytes, allowed: frozenset[str] | None, strict: bool) -> _Translated:
    names, budget = _remembered_names(content), SchemaBudget(len(content))
    return _translated(strict_json.loads(content), names, allowed, strict, budget)


def _translated(
    chat: Mapping[str, Any],
    names: ToolNames,
    allowed: frozenset[str] | None,
    strict: bool,
    budget: SchemaBudget,
) -> _Translated:
    notes = Notes()
    _drop_builtins(chat, notes, strict=strict)
    translated: dict[str, dict[str, Any]] = {}
    for definition in definitions(chat):
        if allowed is not None and definition.name not in allowed:
            continue
        if definition.name in translated:
            notes.add("tools", f"{definition.path} dropped: an earlier one has its name")
        else:
            translated[definition.name] = _function(definition, names, budget)
    if translated:
        notes.add("tools", f"tools -> {counted(len(translated), 'function')}")
    renamed = sum(names.to_upstream(name) != name for name in translated)
    if renamed:
        notes.add("tools", f"functions renamed for GigaChat: {renamed}")
    for fault in budget.notes:
        notes.add("schema", fault)
    return _Translated(translated, tuple(notes))


def _function(definition: Definition, names: ToolNames, budget: SchemaBudget) -> dict[str, Any]:
    path, given = definition
    if definition.is_builtin:
        return {"name": definition.name}
    name = names.to_upstream(definition.name)
    function: dict[str, Any] = {"name": name}
    if given.get("description") is not None:
        function["description"] = text_at(f"{path}.description", given["description"])
    if name != definition.name:
        called = [f"called {definition.name[:_SHOWN]} in the conversation"]
        function["description"] = described(function.get("description"), called)
    function["parameters"] = _schema(f"{path}.parameters", given.get("parameters"), budget)
    if given.get("few_shot_examples") is not None:
        at = f"{path}.few_shot_examples"
        examples = array_at(at, given["few_shot_examples"])
        function["few_shot_examples"] = [
            object_at(f"{at}[{i}]", example) for i, example in enumerate(examples)
        ]
    if given.get("return_parameters") is not None:
        function["return_parameters"] = _schema(
            f"{path}.return_parameters", given["return_parameters"], budget
        )
    return function


def _schema(path: str, schema: object, budget: SchemaBudget) -> dict[str, Any]:
    given = {} if schema is None else object_at(path, schema)
    clean = cleaned(given, budget)
    if clean["type"] != "object" and "type" not in given:
        clean = cleaned({**given, "type": "object"}, budget)
    if clean["type"] != "object":
        raise InvalidRequest(f'{path} must be a schema of type "object".', param=path)
    return clean


def _drop_builtins(chat: Mapping[str, Any], notes: Notes, *, strict: bool) -> None:
    for i, tool in enumerate(_list(chat, "tools")):
        kind = object_at(f"tools[{i}]", tool).get("type", "function")
        if kind in ("function", RUN):
            continue
        kind = text_at(f"tools[{i}].type", kind)[:64]
        if strict:
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
