import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.dialects.openai import reader
from gigagate.views import conversation

TOOL = {
    "type": "function",
    "function": {
        "name": "write_to_file",
        "description": "Writes a file.\nThe whole of it.",
        "parameters": {
            "type": "object",
            "properties": {"path": {"type": "string"}, "mode": {"type": "integer"}},
            "required": ["path"],
        },
    },
}
PATH = "/v1/chat/completions"
PNG = "data:image/png;base64," + "A" * 4000
CHAT = {
    "model": "gigachat",
    "temperature": 0,
    "stream": True,
    "tools": [TOOL],
    "messages": [
        {"role": "system", "content": "Ты — Cline.\nПиши по-русски."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Создай файл"},
                {"type": "image_url", "image_url": {"url": PNG}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {
                        "name": "write_to_file",
                        "arguments": '{"path": "привет.txt", "mode": 6}',
                    },
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "Файл\nзаписан"},
    ],
}


def render(chat: Any) -> str:
    return conversation.render(reader.chat(json.dumps(chat).encode(), PATH))


def test_a_chat_reads_as_a_conversation() -> None:
    assert render(CHAT).splitlines() == [
        "gigachat · temperature 0 · stream true",
        "4 messages · 1 tool · 1 picture · 337 characters · about 96 tokens",
        "",
        "── tools ──",
        "write_to_file(path: string, mode?: integer)",
        "    Writes a file. The whole of it.",
        "",
        "── messages[0] · system ──",
        "Ты — Cline.",
        "Пиши по-русски.",
        "",
        "── messages[1] · user ──",
        "Создай файл",
        "[picture: image/png, 3.0 KB]",
        "",
        "── messages[2] · assistant ──",
        '→ write_to_file(path: "привет.txt", mode: 6)',
        "",
        "── messages[3] · tool ──",
        "← write_to_file: Файл записан",
    ]


def test_gigachats_own_form_reads_alike() -> None:
    chat = {
        "model": "GigaChat-2",
        "functions": [TOOL["function"]],
        "messages": [
            {
                "role": "assistant",
                "content": "",
                "function_call": {"name": "write_to_file", "arguments": {"path": "a"}},
            },
            {"role": "function", "name": "write_to_file", "content": '{"ok": true}'},
        ],
    }
    shown = render(chat)
    assert "write_to_file(path: string, mode?: integer)" in shown
    assert '→ write_to_file(path: "a")' in shown
    assert '← write_to_file: {"ok": true}' in shown


def test_broken_arguments_are_shown_as_they_are() -> None:
    call = {"id": "x", "function": {"name": "f", "arguments": '{"path": '}}
    shown = render({"messages": [{"role": "assistant", "tool_calls": [call]}]})
    assert '→ f(not JSON: {"path":)' in shown


def test_a_long_system_prompt_does_not_bury_the_conversation() -> None:
    messages = [
        {"role": "system", "content": "правило\n" * 10_000},
        {"role": "user", "content": "вопрос " * 500},
    ]
    shown = render({"messages": messages})
    assert shown.count("правило") < 200
    assert "left out here" in shown
    assert shown.count("вопрос") == 500


def test_five_megabytes_make_a_view_of_bounded_length() -> None:
    messages = [{"role": "user", "content": "слово " * 100} for _ in range(5000)]
    assert len(json.dumps({"messages": messages})) > 5_000_000
    shown = render({"messages": messages})
    assert len(shown) < 1_000_000
    assert "messages[100] to messages[4699] left out" in shown
    assert "── messages[4999]" in shown


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"messages": 1}', b"\xff", b"[" * 100_000])
def test_what_is_no_chat_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError):
        reader.chat(body, PATH)


KEYS = (
    *("role", "content", "tool_calls", "function", "function_call", "name", "arguments", "type"),
    *("text", "image_url", "url", "id", "tools", "parameters", "properties"),
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(st.lists(ANY_JSON, max_size=3), ANY_JSON)
def test_no_message_and_no_tool_makes_it_fail(messages: list[Any], tools: Any) -> None:
    assert render({"messages": messages, "tools": tools}).count("── messages[") == len(messages)
