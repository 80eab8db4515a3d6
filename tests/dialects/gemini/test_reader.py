"""What people see of a request and its answer is what was said."""

import json
from typing import Any

import pytest

from gigagate.core.pivot import ToolCall, Usage
from gigagate.dialects.gemini import candidate, reader
from gigagate.dialects.gemini.writer import ARRAY, EVENTS, CandidateWriter, Form

ARGUMENTS = '{"command":"ls «»"}'
SAID: dict[str, Any] = {
    "role": "assistant",
    "content": "Привет, мир",
    "reasoning_content": "Хм",
    "tool_calls": [
        {"id": "a", "type": "function", "function": {"name": "Bash", "arguments": ARGUMENTS}},
        {"id": "b", "type": "function", "function": {"name": "Read", "arguments": "{}"}},
    ],
}


def whole() -> bytes:
    completion = {"choices": [{"message": SAID, "finish_reason": "tool_calls"}]}
    tokens = Usage(9, 5, 2)
    return candidate.whole(completion, tokens, request_id="ab", model="M", shows_thoughts=True)


def streamed(form: Form) -> list[bytes]:
    w = CandidateWriter(form, request_id="ab", model="M", shows_thoughts=True)
    return [
        w.start("GigaChat", 1),
        w.working(),
        w.reasoning("Хм"),
        w.text("Привет"),
        w.working(),
        w.text(", мир"),
        w.tool_call(ToolCall("a", "Bash", ARGUMENTS), 0),
        w.tool_call(ToolCall("b", "Read", "{}"), 1),
        w.finish("tool_calls", Usage(9, 5, 2)),
    ]


@pytest.mark.parametrize(
    "body",
    [whole(), b"".join(streamed(EVENTS)), b"".join(streamed(ARRAY))],
    ids=["whole", "events", "array"],
)
def test_an_answer_is_read_back(body: bytes) -> None:
    said = reader.answer(body)
    (choice,) = said.choices.values()
    assert ("".join(choice.text), "".join(choice.reasoning)) == ("Привет, мир", "Хм")
    made = [(name, json.loads("".join(given))) for name, given in choice.calls.values()]
    assert made == [("Bash", json.loads(ARGUMENTS)), ("Read", {})]
    assert choice.finish_reason == "tool_calls"
    assert (said.model, said.usage, said.complete) == ("M", Usage(9, 5, 2), True)


@pytest.mark.parametrize("form", [EVENTS, ARRAY], ids=["events", "array"])
def test_a_stream_is_read_as_far_as_it_has_come(form: Form) -> None:
    stream = b"".join(streamed(form))
    begun = len(b"".join(streamed(form)[:3]))
    for end in range(begun, len(stream)):
        said = reader.answer(stream[:end])
        assert "Привет, мир".startswith("".join(said.choice().text))
        assert said.complete is (end >= len(stream) - (2 if form is EVENTS else 1))


def test_an_error_is_read_with_its_status() -> None:
    written = b'{"error":{"code":503,"message":"Full","status":"UNAVAILABLE","details":[]}}'
    begun = b"".join(streamed(EVENTS)[:5])
    for body in (written, begun + b"data: " + written + b"\n\n", b"[" + written + b"]"):
        said = reader.answer(body)
        assert (said.error, said.error_code) == ("Full", "UNAVAILABLE")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"{", b"[{", b"data: {}\n\n"])
def test_what_is_no_answer_is_said(body: bytes) -> None:
    with pytest.raises(ValueError):
        reader.answer(body)


PATH = "/v1beta/models/gemini-3-pro:generateContent"


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (PATH + "?alt=sse", "gemini-3-pro"),
        ("//v1//models/GigaChat-2-Max:streamGenerateContent/", "GigaChat-2-Max"),
        ("/v1beta/models/GigaChat-2-Max%3A2.0:countTokens", "GigaChat-2-Max:2.0"),
        ("/v1beta/models/models%2Fgemini-3-pro:generateContent", "gemini-3-pro"),
    ],
)
def test_the_model_is_read_in_the_path(path: str, model: str) -> None:
    assert reader.chat(b'{"contents": "x"}', path)["model"] == model


def test_a_request_is_read_as_a_chat() -> None:
    asked = {"system_instruction": "S", "contents": [{"parts": [{"text": "Привет"}]}]}
    found = reader.chat(json.dumps(asked).encode(), PATH)
    assert found["model"] == "gemini-3-pro"
    assert found["messages"] == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "Привет"},
    ]
    for body in (b"", b"[]", b'{"model":"M"}'):
        with pytest.raises(ValueError):
            reader.chat(body, PATH)
