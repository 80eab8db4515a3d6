"""OpenAI's `tool_choice` (or older `function_call`) -> GigaChat's `function_call`.

GigaChat v1 can be made to call one function by name, but not "any one of them": for
`required` with several functions the most that is left is "auto" and a plain instruction.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gigagate.core.notes import Notes
from gigagate.core.validation import array_at, object_at, text_at, wrong_type
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.tool_name import BUILTINS
from gigagate.gigachat.tools import ToolNames

FunctionChoice = str | dict[str, Any]
"""GigaChat's `function_call`: "auto", "none" or the name of the one function."""


class ToolChoice(NamedTuple):
    mode: str | None
    """"auto", "none", "required", "function" (the one called `name`) or None: not given."""
    path: str = "tool_choice"
    name: str = ""
    partial_arguments: dict[str, Any] | None = None
    """GigaChat's own: arguments given in advance."""
    allowed: frozenset[str] | None = None
    """The functions that may be called, by the client's names; None for all."""

    @classmethod
    def of(cls, chat: Mapping[str, Any]) -> "ToolChoice":
        """Raises InvalidRequest; UnsupportedFeature for a choice of what is no function."""
        given = chat.get("tool_choice")
        if given is None:
            return _older_choice(chat.get("function_call"))
        if given in ("auto", "none", "required"):
            return cls(given)
        if isinstance(given, str):
            raise InvalidRequest(
                'tool_choice must be "auto", "none", "required" or an object.', param="tool_choice"
            )
        if not isinstance(given, dict):
            raise wrong_type("tool_choice", "a string or an object", given)
        if given.get("type") == "function":
            return cls("function", name=_name("tool_choice.function", given.get("function")))
        if given.get("type") == "allowed_tools":
            return _allowed_tools(object_at(_ALLOWED, given.get("allowed_tools")))
        raise UnsupportedFeature(
            "tool_choice can name functions only: GigaChat has no other tools.",
            param="tool_choice",
        )

    def function_call(
        self, functions: list[str], names: ToolNames, notes: Notes
    ) -> tuple[FunctionChoice | None, str | None]:
        """GigaChat's `function_call`, and an instruction for the system message.

        functions: those the request defines, by the client's names. Raises InvalidRequest.
        """
        if self.mode == "function":
            return self._forced(functions, names), None
        if self.mode == "required":
            return _required(functions, names, notes)
        if functions:
            return self.mode or "auto", None
        # GigaChat's own way to let the model use the builtins: function_call without functions.
        return (self.mode if self.path == "function_call" else None), None

    def _forced(self, functions: list[str], names: ToolNames) -> FunctionChoice:
        if self.name in functions:
            forced: dict[str, Any] = {"name": names.to_upstream(self.name)}
        elif self.name in BUILTINS:
            forced = {"name": self.name}
        else:
            raise InvalidRequest(
                f"{self.path} names a function that the request does not define.", param=self.path
            )
        if self.partial_arguments is not None:
            forced["partial_arguments"] = self.partial_arguments
        return forced


def _required(
    functions: list[str], names: ToolNames, notes: Notes
) -> tuple[FunctionChoice, str | None]:
    if not functions:
        raise InvalidRequest(
            "tool_choice is required, but the request defines no function: send tools, or leave "
            "tool_choice out.",
            param="tool_choice",
        )
    upstream = [names.to_upstream(name) for name in functions]
    if len(upstream) == 1:
        notes.add("tools", "tool_choice required -> the one function by its name")
        return {"name": upstream[0]}, None
    notes.add("tools", "tool_choice required -> auto and an instruction to call a function")
    return (
        "auto",
        f"Answer only by calling one of these functions, never with text: {', '.join(upstream)}.",
    )


_ALLOWED = "tool_choice.allowed_tools"


def _allowed_tools(given: dict[str, Any]) -> ToolChoice:
    mode = given.get("mode")
    if mode not in ("auto", "required"):
        raise InvalidRequest(
            f'{_ALLOWED}.mode must be "auto" or "required".', param=f"{_ALLOWED}.mode"
        )
    names = []
    for i, tool in enumerate(array_at(f"{_ALLOWED}.tools", given.get("tools"))):
        at = f"{_ALLOWED}.tools[{i}]"
        names.append(_name(f"{at}.function", object_at(at, tool).get("function")))
    return ToolChoice(mode, allowed=frozenset(names))


def _older_choice(given: object) -> ToolChoice:
    if given is None:
        return ToolChoice(None)
    if given in ("auto", "none"):
        return ToolChoice(str(given), "function_call")
    if isinstance(given, str):
        raise InvalidRequest(
            'function_call must be "auto", "none" or an object.', param="function_call"
        )
    name = _name("function_call", given)
    partial = object_at("function_call", given).get("partial_arguments")
    if partial is not None:
        object_at("function_call.partial_arguments", partial)
    return ToolChoice("function", "function_call", name, partial)


def _name(path: str, function: object) -> str:
    return text_at(f"{path}.name", object_at(path, function).get("name"))
