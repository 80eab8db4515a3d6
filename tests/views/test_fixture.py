import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.views.test_conversation import ANY_JSON, CHAT

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.dialects.anthropic.dialect import ANTHROPIC
from gigagate.dialects.dialect import Dialect
from gigagate.dialects.openai.dialect import OPENAI
from gigagate.dialects.openai.responses.dialect import RESPONSES
from gigagate.gigachat.v1.request import chat_completion
from gigagate.views.fixture import anonymised, filler

WORDS = OPENAI.words
SECRET = "Тайна Secret 4711"


def test_the_prose_goes_and_the_shape_stays() -> None:
    written = anonymised(CHAT, WORDS)
    assert written["tools"][0]["function"]["name"] == "write_to_file"
    assert (
        written["tools"][0]["function"]["parameters"] == CHAT["tools"][0]["function"]["parameters"]
    )
    assert [m["role"] for m in written["messages"]] == ["system", "user", "assistant", "tool"]
    assert written["messages"][3]["tool_call_id"] == "call_1"
    assert written["temperature"] == 0
    text = written["messages"][0]["content"]
    assert [len(line) for line in text.split("\n")] == [11, 15]
    assert "Пиши" not in text
    arguments = json.loads(written["messages"][2]["tool_calls"][0]["function"]["arguments"])
    assert arguments.keys() == {"path", "mode"}
    assert "привет" not in json.dumps(written, ensure_ascii=False)


def test_nothing_a_person_wrote_is_left() -> None:
    chat = {
        "model": "gigachat",
        "user": SECRET,
        "metadata": {"id": SECRET},
        "messages": [
            {"role": "user", "name": SECRET, "content": [{"type": "text", "text": SECRET}]},
            {"role": "user", "content": f"<task>{SECRET}</task>"},
            {"role": "assistant", "function_call": {"name": "f", "arguments": SECRET}},
            {"role": "function", "name": "f", "content": json.dumps({"a": [SECRET, 4711]})},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "f",
                    "description": SECRET,
                    "parameters": {
                        "type": "object",
                        "properties": {"a": {"type": "string", "description": SECRET}},
                    },
                },
            }
        ],
    }
    written = json.dumps(anonymised(chat, WORDS), ensure_ascii=False)
    for word in (*SECRET.split(), SECRET.lower()):
        assert word not in written
    assert "<task>" in written


def test_a_fixture_is_translated_as_the_original_was() -> None:
    def notes_of(chat: dict[str, Any]) -> list[str]:
        notes = Notes()
        chat_completion({**chat, "messages": chat["messages"][2:]}, Policy(), notes)
        return [note.text for note in notes]

    assert notes_of(anonymised(CHAT, WORDS)) == notes_of(CHAT)


def test_pictures_keep_their_format_and_length() -> None:
    url = "data:image/png;base64,iVBORw0KGgo" + "q" * 500
    made = filler(url)
    assert made.startswith("data:image/png;base64,iVBORw0KGgo")
    assert len(made) == len(url)
    assert "q" * 30 not in made


@given(st.text())
def test_the_same_text_has_the_same_filler(text: str) -> None:
    assert filler(text) == filler(text)
    assert text.lstrip()[:1] in ("{", "[", "d", "h") or len(filler(text)) == len(text)


@given(ANY_JSON, ANY_JSON)
def test_whatever_was_sent_can_be_made_a_fixture(messages: Any, tools: Any) -> None:
    chat = {"messages": messages, "tools": tools}
    assert anonymised(chat, WORDS).keys() == chat.keys()


BASE64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"
MESSAGES = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 100,
    "system": [{"type": "text", "text": SECRET, "cache_control": {"type": "ephemeral"}}],
    "metadata": {"user_id": SECRET},
    "thinking": {"type": "enabled", "budget_tokens": 2000},
    "tool_choice": {"type": "tool", "name": "Bash"},
    "tools": [
        {
            "name": "Bash",
            "description": SECRET,
            "input_schema": {"properties": {"command": {"type": "string", "description": SECRET}}},
        }
    ],
    "messages": [
        {"role": "user", "content": SECRET},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": SECRET, "signature": BASE64},
                {"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": SECRET}},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "is_error": True,
                    "content": [
                        {"type": "text", "text": SECRET},
                        {
                            "type": "image",
                            "source": {"type": "base64", "media_type": "image/png", "data": BASE64},
                        },
                    ],
                }
            ],
        },
    ],
}
RESPONSE = {
    "model": "gpt-5",
    "instructions": SECRET,
    "tool_choice": "auto",
    "reasoning": {"effort": "high", "summary": "auto"},
    "include": ["reasoning.encrypted_content"],
    "tools": [{"type": "function", "name": "shell", "description": SECRET, "parameters": {}}],
    "input": [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": SECRET}]},
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": SECRET}],
            "encrypted_content": BASE64,
        },
        {
            "type": "function_call",
            "call_id": "c1",
            "name": "shell",
            "arguments": json.dumps({"command": [SECRET]}),
        },
        {"type": "function_call_output", "call_id": "c1", "output": SECRET},
        {"type": "custom_tool_call", "call_id": "c2", "name": "patch", "input": SECRET},
    ],
}


@pytest.mark.parametrize(
    ("dialect", "asked"), [(ANTHROPIC, MESSAGES), (RESPONSES, RESPONSE)], ids=lambda one: ""
)
def test_each_api_has_its_own_words(dialect: Dialect, asked: dict[str, Any]) -> None:
    def chat(body: Any) -> Any:
        return dialect.reader.chat(json.dumps(body).encode(), "/v1/any")

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: value[key] if key in STAYS else shape(value[key]) for key in value}
        return [shape(item) for item in value] if isinstance(value, list) else type(value)

    written = anonymised(asked, dialect.words)
    told = json.dumps(written, ensure_ascii=False)
    assert not [word for word in (*SECRET.split()[:2], BASE64) if word in told]
    assert shape(chat(written)) == shape(chat(asked))


STAYS = ("role", "type", "id", "name", "model", "tool_call_id", "tool_choice", "reasoning_effort")
