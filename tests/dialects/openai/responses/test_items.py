"""Every item of an input, as the messages of a chat."""

from typing import Any

import pytest
from tests.dialects.openai.responses.conftest import Asking

from gigagate.core.policy import Policy
from gigagate.errors import ClientError, InvalidRequest, UnsupportedFeature

USER = {"role": "user", "content": "Привет"}
RESULT = {"role": "tool", "content": "ok", "tool_call_id": "c1"}


def called(name: str, arguments: str, call_id: str = "c1") -> dict[str, Any]:
    return {
        "id": call_id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
    }


def turn(*calls: dict[str, Any], content: Any = "") -> dict[str, Any]:
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a":1}'}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "ok"}

CASES: list[tuple[str, Any, list[dict[str, Any]]]] = [
    ("a text", "Привет", [USER]),
    ("a message without a type", [{"role": "user", "content": "Привет"}], [USER]),
    (
        "parts",
        [
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "Что это?"},
                    {
                        "type": "input_image",
                        "image_url": "data:image/png;base64,AA",
                        "detail": "high",
                    },
                    {"type": "input_image", "file_id": "file_1"},
                    {"type": "input_file", "filename": "a.pdf", "file_data": "AA", "detail": "x"},
                    {"type": "input_file", "file_url": "https://a/b.pdf"},
                    {"type": "input_audio", "input_audio": {"data": "AA", "format": "mp3"}},
                ],
            }
        ],
        [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Что это?"},
                    {
                        "type": "image_url",
                        "image_url": {"url": "data:image/png;base64,AA", "detail": "high"},
                    },
                    {"type": "input_image", "file_id": "file_1"},
                    {"type": "file", "file": {"filename": "a.pdf", "file_data": "AA"}},
                    {"type": "file", "file": {"file_url": "https://a/b.pdf"}},
                    {"type": "input_audio", "input_audio": {"data": "AA", "format": "mp3"}},
                ],
            }
        ],
    ),
    (
        "what the assistant said, with ids, a status and a phase",
        [
            {
                "type": "message",
                "id": "msg_1",
                "status": "completed",
                "phase": "commentary",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": "Да", "annotations": [], "logprobs": []},
                    {"type": "refusal", "refusal": "Нет"},
                ],
            }
        ],
        [
            {
                "role": "assistant",
                "content": [{"type": "text", "text": "Да"}, {"type": "refusal", "refusal": "Нет"}],
            }
        ],
    ),
    (
        "a call and its output",
        [USER, CALL, OUTPUT],
        [USER, turn(called("f", '{"a":1}')), RESULT],
    ),
    (
        "thoughts, then a text and two calls: one turn",
        [
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": None},
            {"role": "assistant", "content": "Смотрю"},
            CALL,
            {"type": "reasoning", "id": "rs_2", "summary": []},
            {**CALL, "call_id": "c2", "name": "g", "arguments": "{broken"},
            OUTPUT,
            {**OUTPUT, "call_id": "c2", "output": [{"type": "input_text", "text": "two"}]},
        ],
        [
            turn(called("f", '{"a":1}'), called("g", "{broken", "c2"), content="Смотрю"),
            RESULT,
            {"role": "tool", "content": "two", "tool_call_id": "c2"},
        ],
    ),
    (
        "calls of two turns",
        [CALL, OUTPUT, CALL, OUTPUT],
        [turn(called("f", '{"a":1}')), RESULT, turn(called("f", '{"a":1}')), RESULT],
    ),
    (
        "a picture in an output",
        [
            CALL,
            {
                **OUTPUT,
                "output": [{"type": "input_image", "image_url": "data:image/png;base64,AA"}],
            },
        ],
        [
            turn(called("f", '{"a":1}')),
            {
                "role": "tool",
                "content": [
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}
                ],
                "tool_call_id": "c1",
            },
        ],
    ),
    (
        "a call in a namespace",
        [{**CALL, "namespace": "mcp__wx", "name": "get"}, OUTPUT],
        [turn(called("mcp__wx.get", '{"a":1}')), RESULT],
    ),
    (
        "a custom tool",
        [
            {"type": "custom_tool_call", "call_id": "c1", "name": "sql", "input": "SELECT 1"},
            {"type": "custom_tool_call_output", "call_id": "c1", "output": "ok"},
        ],
        [turn(called("sql", '{"input":"SELECT 1"}')), RESULT],
    ),
    (
        "a search for tools",
        [
            {
                "type": "tool_search_call",
                "call_id": "c1",
                "execution": "client",
                "arguments": {"query": "wx"},
            },
            {
                "type": "tool_search_output",
                "call_id": "c1",
                "execution": "client",
                "tools": [{"type": "function", "name": "weather", "parameters": {}}],
            },
        ],
        [
            turn(called("tool_search", '{"query":"wx"}')),
            {"role": "tool", "content": "Loaded: weather", "tool_call_id": "c1"},
        ],
    ),
    (
        "the local shell, its output by the item's id",
        [
            {
                "type": "local_shell_call",
                "id": "lsh_1",
                "call_id": "c1",
                "action": {
                    "type": "exec",
                    "command": ["ls"],
                    "env": {},
                    "working_directory": "/",
                    "timeout_ms": None,
                },
            },
            {"type": "local_shell_call_output", "id": "lsh_1", "output": "ok"},
        ],
        [turn(called("local_shell", '{"command":["ls"],"workdir":"/"}')), RESULT],
    ),
    (
        "the shell",
        [
            {"type": "shell_call", "call_id": "c1", "action": {"commands": ["ls"]}},
            {
                "type": "shell_call_output",
                "call_id": "c1",
                "output": [{"stdout": "a", "stderr": "", "outcome": {"type": "exit"}}],
            },
        ],
        [
            turn(called("shell", '{"commands":["ls"]}')),
            {
                "role": "tool",
                "content": '{"output":[{"stdout":"a","stderr":"","outcome":{"type":"exit"}}]}',
                "tool_call_id": "c1",
            },
        ],
    ),
    (
        "a patch",
        [
            {
                "type": "apply_patch_call",
                "call_id": "c1",
                "operation": {"type": "delete_file", "path": "a"},
            },
            {"type": "apply_patch_call_output", "call_id": "c1", "status": "completed"},
        ],
        [
            turn(called("apply_patch", '{"type":"delete_file","path":"a"}')),
            {"role": "tool", "content": '{"status":"completed"}', "tool_call_id": "c1"},
        ],
    ),
    (
        "what GigaChat has nothing for",
        [USER, {"type": "web_search_call", "id": "ws_1"}, {"type": "новое"}],
        [USER],
    ),
]


@pytest.mark.parametrize(
    ("given", "messages"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_items_become_messages(asking: Asking, given: Any, messages: list[Any]) -> None:
    assert asking(given).chat["messages"] == messages


def test_instructions_come_first(asking: Asking) -> None:
    assert asking(instructions="Кратко.").chat["messages"] == [
        {"role": "system", "content": "Кратко."},
        USER,
    ]


def test_what_is_left_out_is_told(asking: Asking) -> None:
    asking([USER, {"type": "web_search_call"}, {"type": "web_search_call"}])
    assert "GigaChat has none of the type: web_search_call" in asking.told()
    with pytest.raises(UnsupportedFeature, match=r"input\[1\]"):
        asking([USER, {"type": "web_search_call"}], policy=Policy(strict=True))


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (7, "input"),
        ([], "input"),
        (None, "input"),
        ([7], "input[0]"),
        ([{"role": "robot", "content": ""}], "input[0].role"),
        ([{"role": "user", "content": 7}], "input[0].content"),
        ([{"role": "user", "content": [7]}], "input[0].content[0]"),
        ([{"role": "user", "content": [{"type": "video"}]}], "input[0].content[0].type"),
        ([{"role": "user", "content": [{"type": "input_text"}]}], "input[0].content[0].text"),
        ([USER, {"type": "function_call", "name": "f"}], "input[1].call_id"),
        ([USER, {"type": "function_call", "call_id": "c"}], "input[1].name"),
        ([USER, {**CALL, "arguments": {}}, {**CALL, "arguments": 7}], "input[2].arguments"),
        ([{"type": "custom_tool_call", "call_id": "c", "name": "f"}], "input[0].input"),
        ([{**OUTPUT, "output": 7}], "input[0].output"),
        ([{"type": "additional_tools", "tools": [7]}], "input[0].tools[0]"),
    ],
)
def test_what_is_wrong_is_named(asking: Asking, given: Any, at: str) -> None:
    with pytest.raises(ClientError) as caught:
        asking(given)
    assert caught.value.param == at


def test_a_path_in_the_chat_is_one_in_the_request(asking: Asking) -> None:
    asked = asking([USER, {"type": "reasoning", "summary": []}, CALL, OUTPUT], instructions="x")
    assert asked.path_of("messages[0].content") == "instructions.content"
    assert asked.path_of("messages[2].tool_calls[0]") == "input[2].tool_calls[0]"
    assert asked.path_of("messages[3]") == "input[3]"
    assert asked.path_of("messages[9].content") == "input.content"
    assert asked.path_of("messages") == "input"
    assert asked.path_of("max_completion_tokens") == "max_output_tokens"
    assert asked.path_of("response_format.json_schema.schema") == "text.format.schema"
    assert asked.path_of("temperature") == "temperature"


def test_a_tool_in_the_chat_is_where_the_request_has_it(asking: Asking) -> None:
    function = {"type": "function", "name": "f"}
    inner = [{"type": "custom", "name": "a"}, {"type": "function", "name": "b"}]
    asked = asking(
        [USER, {"type": "additional_tools", "tools": [function | {"name": "later"}]}],
        tools=[
            {"type": "file_search"},
            function,
            function,
            {"type": "namespace", "name": "n", "tools": inner},
        ],
    )
    found = {
        tool["function"]["name"]: asked.path_of(f"tools[{i}].function.parameters")
        for i, tool in enumerate(asked.chat["tools"])
    }
    assert found == {
        "f": "tools[1].parameters",
        "n.a": "tools[3].tools[0].parameters",
        "n.b": "tools[3].tools[1].parameters",
        "later": "input[1].tools[0].parameters",
    }
    assert asked.path_of("tools[9]") == "tools[9]"


def test_nothing_to_answer(asking: Asking) -> None:
    with pytest.raises(InvalidRequest, match="nothing to answer"):
        asking([{"type": "reasoning", "summary": []}])
