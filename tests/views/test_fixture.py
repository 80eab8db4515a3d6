import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.views.test_conversation import ANY_JSON, CHAT

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.gigachat.v1.request import chat_completion
from gigagate.views.fixture import anonymised, filler

SECRET = "Тайна Secret 4711"


def test_the_prose_goes_and_the_shape_stays() -> None:
    written = anonymised(CHAT)
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
    written = json.dumps(anonymised(chat), ensure_ascii=False)
    for word in (*SECRET.split(), SECRET.lower()):
        assert word not in written
    assert "<task>" in written


def test_a_fixture_is_translated_as_the_original_was() -> None:
    def notes_of(chat: dict[str, Any]) -> list[str]:
        notes = Notes()
        chat_completion({**chat, "messages": chat["messages"][2:]}, Policy(), notes)
        return [note.text for note in notes]

    assert notes_of(anonymised(CHAT)) == notes_of(CHAT)


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
    assert anonymised(chat).keys() == chat.keys()
