"""Every kind of tool as a function, and its calls in its own kind again."""

import json
from typing import Any

import pytest
from openai.types.responses import ResponseOutputItem
from pydantic import TypeAdapter
from tests.dialects.openai.responses.conftest import Asking

from gigagate.core.pivot import ToolCall
from gigagate.core.policy import Policy
from gigagate.dialects.openai.responses import calls
from gigagate.errors import ClientError, UnsupportedFeature

PARAMETERS = {"type": "object", "properties": {"a": {"type": "integer"}}}
FUNCTION = {
    "type": "function",
    "name": "f",
    "description": "About f.",
    "parameters": PARAMETERS,
    "strict": True,
    "defer_loading": False,
}
BARE = {"type": "function", "name": "g", "description": None, "parameters": None, "strict": None}
NAMESPACE = {
    "type": "namespace",
    "name": "mcp__wx",
    "description": "Weather.",
    "tools": [FUNCTION, {"type": "custom", "name": "raw"}],
}
CUSTOM = {
    "type": "custom",
    "name": "patch",
    "description": "Change files.",
    "format": {"type": "grammar", "syntax": "lark", "definition": "start: /a+/"},
}
SEARCH = {"type": "tool_search", "execution": "client", "description": "Find tools."}


def functions(tools: Any, asking: Asking, **fields: Any) -> dict[str, dict[str, Any]]:
    chat = asking(tools=tools, **fields).chat
    return {tool["function"]["name"]: tool["function"] for tool in chat.get("tools", [])}


def test_functions_lie_deeper_in_a_chat(asking: Asking) -> None:
    assert functions([FUNCTION, BARE], asking) == {
        "f": {"name": "f", "description": "About f.", "parameters": PARAMETERS, "strict": True},
        "g": {"name": "g"},
    }


def test_a_namespace_is_told_of_each_of_its_tools(asking: Asking) -> None:
    given = functions([NAMESPACE], asking)
    assert list(given) == ["mcp__wx.f", "mcp__wx.raw"]
    assert given["mcp__wx.f"]["description"] == "Weather.\n\nAbout f."
    assert given["mcp__wx.raw"]["parameters"]["required"] == ["input"]


def test_a_grammar_is_told_in_words(asking: Asking) -> None:
    told = functions([CUSTOM], asking)["patch"]["description"]
    assert told == ("Change files.\n\nThe input must follow this grammar (lark):\nstart: /a+/")


def test_tools_that_a_history_brings_can_be_called(asking: Asking) -> None:
    history = [
        {"type": "additional_tools", "role": "developer", "tools": [BARE]},
        {"type": "tool_search_output", "call_id": "c", "tools": [NAMESPACE]},
        {"role": "user", "content": "Go"},
    ]
    assert list(functions([SEARCH], asking, given=history)) == [
        "tool_search",
        "g",
        "mcp__wx.f",
        "mcp__wx.raw",
    ]


@pytest.mark.parametrize(
    ("tool", "function", "arguments", "item"),
    [
        (
            FUNCTION,
            "f",
            '{"a":1}',
            {"type": "function_call", "name": "f", "arguments": '{"a":1}'},
        ),
        (
            NAMESPACE,
            "mcp__wx.f",
            '{"a":1}',
            {"type": "function_call", "name": "f", "namespace": "mcp__wx", "arguments": '{"a":1}'},
        ),
        (
            NAMESPACE,
            "mcp__wx.raw",
            '{"input":"x"}',
            {"type": "custom_tool_call", "name": "raw", "namespace": "mcp__wx", "input": "x"},
        ),
        (
            CUSTOM,
            "patch",
            '{"input":"*** Begin"}',
            {"type": "custom_tool_call", "name": "patch", "input": "*** Begin"},
        ),
        (
            CUSTOM,
            "patch",
            '{"patch":"*** Begin"}',
            {"type": "custom_tool_call", "name": "patch", "input": "*** Begin"},
        ),
        (
            CUSTOM,
            "patch",
            "*** Begin",
            {"type": "custom_tool_call", "name": "patch", "input": "*** Begin"},
        ),
        (
            SEARCH,
            "tool_search",
            '{"query":"wx"}',
            {"type": "tool_search_call", "execution": "client", "arguments": {"query": "wx"}},
        ),
        (
            {"type": "local_shell"},
            "local_shell",
            '{"command":"ls -l","workdir":"/"}',
            {
                "type": "local_shell_call",
                "action": {
                    "type": "exec",
                    "command": ["bash", "-lc", "ls -l"],
                    "env": {},
                    "working_directory": "/",
                },
            },
        ),
        (
            {"type": "shell"},
            "shell",
            '{"commands":["ls"],"timeout_ms":5}',
            {
                "type": "shell_call",
                "action": {"commands": ["ls"], "timeout_ms": 5, "max_output_length": None},
            },
        ),
        (
            {"type": "apply_patch"},
            "apply_patch",
            '{"type":"create_file","path":"a","diff":"+b"}',
            {
                "type": "apply_patch_call",
                "operation": {"type": "create_file", "path": "a", "diff": "+b"},
            },
        ),
        (
            BARE,
            "unheard_of",
            "{}",
            {"type": "function_call", "name": "unheard_of", "arguments": "{}"},
        ),
    ],
)
def test_a_call_is_told_in_the_kind_of_its_tool(
    asking: Asking, tool: Any, function: str, arguments: str, item: dict[str, Any]
) -> None:
    called = asking(tools=[tool]).tools.called(function)
    told = calls.item(called, ToolCall("call_1", function, arguments), "id_1")
    assert told == {"id": "id_1", "call_id": "call_1", "status": "completed", **item}
    TypeAdapter(ResponseOutputItem).validate_json(json.dumps(told), strict=True)
    history = [{"role": "user", "content": "Go"}, told]
    (call,) = asking(history, tools=[tool]).chat["messages"][-1]["tool_calls"]
    assert call["id"] == "call_1"
    assert call["function"]["name"] == function


@pytest.mark.parametrize(
    ("choice", "chat"),
    [
        ("required", "required"),
        ({"type": "function", "name": "f"}, "f"),
        ({"type": "function", "name": "f", "namespace": "mcp__wx"}, "mcp__wx.f"),
        ({"type": "custom", "name": "patch"}, "patch"),
        ({"type": "tool_search"}, "tool_search"),
        (
            {
                "type": "allowed_tools",
                "mode": "required",
                "tools": [{"type": "function", "name": "f"}, {"type": "web_search"}],
            },
            {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "required",
                    "tools": [{"type": "function", "function": {"name": "f"}}],
                },
            },
        ),
    ],
)
def test_a_choice_of_tools(asking: Asking, choice: Any, chat: Any) -> None:
    if isinstance(chat, str) and chat != "required":
        chat = {"type": "function", "function": {"name": chat}}
    tools = [FUNCTION, NAMESPACE, CUSTOM, SEARCH]
    assert asking(tools=tools, tool_choice=choice).chat["tool_choice"] == chat


OPENAIS = [
    {"type": "web_search", "external_web_access": True},
    {"type": "image_generation", "output_format": "png"},
    {"type": "mcp", "server_label": "x"},
    {"type": "tool_search", "execution": "server"},
]


def test_openais_own_tools_are_left_out_beside_others(asking: Asking) -> None:
    v1 = Policy(api="v1")
    assert asking(tools=[*OPENAIS, FUNCTION], policy=v1).chat["tools"][0]["function"]["name"] == "f"
    assert "web_search, image_generation, mcp, tool_search" in asking.told()
    with pytest.raises(UnsupportedFeature, match="web_search"):
        asking(tools=[FUNCTION, *OPENAIS], policy=Policy(strict=True, api="v1"))


def test_those_that_gigachat_runs_itself_stand_beside_functions(asking: Asking) -> None:
    tools = asking(tools=[*OPENAIS, FUNCTION, {"type": "web_search_preview"}]).chat["tools"]
    assert [tool["type"] for tool in tools] == ["web_search", "image_generation", "function"]
    assert "kind: mcp, tool_search" in asking.told()
    stored = {"type": "web_search", "external_web_access": False}
    assert len(asking(tools=[stored, FUNCTION]).chat["tools"]) == 1
    forbidden = asking(tools=[*OPENAIS, FUNCTION], policy=Policy(builtin_tools=False))
    assert len(forbidden.chat["tools"]) == 1
    chosen = asking(tools=[*OPENAIS, FUNCTION], tool_choice={"type": "web_search_preview"})
    assert chosen.chat["tool_choice"] == {"type": "web_search"}


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"tools": OPENAIS[2:]}, "tools"),
        ({"tools": [FUNCTION], "tool_choice": {"type": "web_search"}}, "tool_choice"),
        ({"tools": 7}, "tools"),
        ({"tools": [{"name": "f"}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].name"),
        ({"tools": [{"type": "function", "name": ""}]}, "tools[0].name"),
        ({"tools": [{"type": "namespace", "name": "n"}]}, "tools[0].tools"),
        (
            {"tools": [{"type": "namespace", "name": "n", "tools": [{"type": "mcp"}]}]},
            "tools[0].tools[0].type",
        ),
        ({"tools": [FUNCTION], "tool_choice": {"type": "function"}}, "tool_choice.name"),
        ({"tools": [FUNCTION], "tool_choice": 7}, "tool_choice"),
    ],
)
def test_what_is_wrong_is_named(asking: Asking, fields: Any, at: str) -> None:
    with pytest.raises(ClientError) as caught:
        asking(**fields)
    assert caught.value.param == at
