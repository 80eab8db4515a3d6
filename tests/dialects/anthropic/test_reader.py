"""What people see of a request and its answer is what was said."""

import json
from typing import Any

import pytest

from gigagate.core.report import Usage
from gigagate.dialects.anthropic import message, reader
from gigagate.dialects.anthropic.writer import MessageWriter
from gigagate.gigachat.function_call import ToolCall

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
    return message.whole(completion, tokens, request_id="ab", model="M", shows_thinking=True)


def streamed() -> list[bytes]:
    w = MessageWriter(request_id="ab", model="M", shows_thinking=True, estimate=lambda: 9)
    return [
        w.start("GigaChat", 1),
        w.reasoning("Хм"),
        w.text("Привет"),
        w.working(),
        w.text(", мир"),
        w.tool_call(ToolCall("a", "Bash", ARGUMENTS), 0),
        w.tool_call(ToolCall("b", "Read", "{}"), 1),
        w.finish("tool_calls", Usage(9, 5, 2)),
    ]


@pytest.mark.parametrize("body", [whole(), b"".join(streamed())], ids=["whole", "streamed"])
def test_an_answer_is_read_back(body: bytes) -> None:
    said = reader.answer(body)
    (choice,) = said.choices.values()
    assert ("".join(choice.text), "".join(choice.reasoning)) == ("Привет, мир", "Хм")
    made = [(name, json.loads("".join(given) or "{}")) for name, given in choice.calls.values()]
    assert made == [("Bash", json.loads(ARGUMENTS)), ("Read", {})]
    assert choice.finish_reason == "tool_calls"
    assert (said.model, said.usage, said.complete) == ("M", Usage(9, 5, 2), True)


def test_a_stream_is_read_as_far_as_it_has_come() -> None:
    stream = b"".join(streamed())
    begun = len(streamed()[0])
    for end in range(begun, len(stream)):
        said = reader.answer(stream[:end])
        assert SAID["content"].startswith("".join(said.choice().text))
        assert said.complete is (end >= len(stream) - 2)


def test_an_error_is_read_with_its_type() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Полно"}}
    written = json.dumps(error).encode()
    for body in (written, b"".join(streamed()[:4]) + b"event: error\ndata: " + written + b"\n\n"):
        said = reader.answer(body)
        assert (said.error, said.error_code) == ("Полно", "overloaded_error")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        b"data: {}\n\n",
        b'data: {"type":"x"}\n\n',
    ],
)
def test_what_is_no_answer_is_said(body: bytes) -> None:
    with pytest.raises(ValueError):
        reader.answer(body)


def test_a_request_is_read_as_a_chat() -> None:
    asked = {
        "model": "M",
        "max_tokens": 9,
        "system": "S",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Привет"}]}],
    }
    found = reader.chat(json.dumps(asked).encode(), "/v1/messages")
    assert found["messages"] == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "Привет"},
    ]
    for body in (b"", b"[]", b'{"model":"M"}'):
        with pytest.raises(ValueError):
            reader.chat(body, "/v1/messages")
