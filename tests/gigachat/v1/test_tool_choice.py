from typing import Any

import pytest

from gigagate.core.notes import Notes
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.tool_choice import ToolChoice


def chosen(chat: dict[str, Any], *functions: str) -> tuple[Any, str | None]:
    names = ToolNames.of({"functions": [{"name": name} for name in functions]})
    return ToolChoice.of(chat).function_call(list(functions), names, Notes())


def by_name(name: str) -> dict[str, Any]:
    return {"tool_choice": {"type": "function", "function": {"name": name}}}


@pytest.mark.parametrize(
    ("chat", "functions", "function_call"),
    [
        ({}, ["f"], "auto"),
        ({}, [], None),
        ({"tool_choice": "auto"}, ["f"], "auto"),
        ({"tool_choice": "auto"}, [], None),
        ({"tool_choice": "none"}, ["f"], "none"),
        ({"tool_choice": "required"}, ["web_search"], {"name": "web_search_tool"}),
        (by_name("my tool"), ["my tool", "g"], {"name": "my_tool"}),
        ({"function_call": "none"}, ["f"], "none"),
        ({"function_call": {"name": "f"}}, ["f"], {"name": "f"}),
        (
            {"function_call": {"name": "f", "partial_arguments": {"a": 1}}},
            ["f"],
            {"name": "f", "partial_arguments": {"a": 1}},
        ),
        ({"function_call": "auto"}, [], "auto"),
        ({"function_call": {"name": "text2image"}}, [], {"name": "text2image"}),
    ],
)
def test_a_choice_becomes_gigachats(
    chat: dict[str, Any], functions: list[str], function_call: Any
) -> None:
    assert chosen(chat, *functions) == (function_call, None)


def test_required_of_several_is_auto_and_an_instruction_with_gigachats_names() -> None:
    function_call, instruction = chosen({"tool_choice": "required"}, "read", "web_search")
    assert function_call == "auto"
    assert instruction is not None
    assert "read, web_search_tool" in instruction


def test_allowed_tools_narrow_the_functions() -> None:
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}]}
    choice = ToolChoice.of({"tool_choice": {"type": "allowed_tools", "allowed_tools": allowed}})
    assert choice.allowed == {"f"}
    assert choice.mode == "required"


@pytest.mark.parametrize(
    ("chat", "functions", "param"),
    [
        ({"tool_choice": "always"}, ["f"], "tool_choice"),
        ({"tool_choice": 1}, ["f"], "tool_choice"),
        ({"tool_choice": []}, ["f"], "tool_choice"),
        ({"tool_choice": {"type": "function"}}, ["f"], "tool_choice.function"),
        ({"tool_choice": {"type": "function", "function": {}}}, ["f"], "tool_choice.function.name"),
        ({"tool_choice": "required"}, [], "tool_choice"),
        (by_name("g"), ["f"], "tool_choice"),
        ({"function_call": "required"}, ["f"], "function_call"),
        ({"function_call": {"name": "g"}}, ["f"], "function_call"),
        ({"function_call": {}}, ["f"], "function_call.name"),
        (
            {"function_call": {"name": "f", "partial_arguments": 1}},
            ["f"],
            "function_call.partial_arguments",
        ),
        (
            {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "x"}}},
            ["f"],
            "tool_choice.allowed_tools.mode",
        ),
    ],
)
def test_a_wrong_choice_is_a_400_that_names_it(
    chat: dict[str, Any], functions: list[str], param: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        chosen(chat, *functions)
    assert refused.value.param == param


def test_required_without_functions_is_refused_with_advice() -> None:
    with pytest.raises(InvalidRequest, match="send tools, or leave tool_choice out"):
        chosen({"tool_choice": "required"})


def test_a_choice_of_another_kind_of_tool_is_refused() -> None:
    with pytest.raises(UnsupportedFeature):
        chosen({"tool_choice": {"type": "custom", "custom": {"name": "p"}}}, "f")
