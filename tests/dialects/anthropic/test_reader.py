"""What people see of a request and its answer is what was said."""

import json
from typing import Any

import pytest

from gigagate.core.report import Usage
from gigagate.dialects.anthropic import message, reader
from gigagate.dialects.anthropic.writer import MessageWriter
from gigagate.gigachat.v1.function_call import ToolCall

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
USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 5,
    "total_tokens": 14,
    "prompt_tokens_details": {"cached_tokens": 2},
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
    found = reader.completion(body)
    (choice,) = found["choices"]
    assert choice["message"] == SAID
    assert choice["finish_reason"] == "tool_calls"
    assert (found["model"], found["usage"]) == ("M", USAGE)


def test_a_stream_is_read_as_far_as_it_has_come() -> None:
    stream = b"".join(streamed())
    begun = len(streamed()[0])
    for end in range(begun, len(stream)):
        (choice,) = reader.completion(stream[:end])["choices"]
        assert SAID["content"].startswith(choice["message"]["content"])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        b"data: {}\n\n",
        b'{"type":"error"}',
        b'data: {"type":"x"}\n\n',
        b'data: {"type":"message_start"}\n\n',
    ],
)
def test_what_is_no_answer_is_said(body: bytes) -> None:
    with pytest.raises(ValueError):
        reader.completion(body)


def test_a_request_is_read_as_a_chat() -> None:
    asked = {
        "model": "M",
        "max_tokens": 9,
        "system": "S",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Привет"}]}],
    }
    found = reader.chat(json.dumps(asked).encode())
    assert found["messages"] == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "Привет"},
    ]
    for body in (b"", b"[]", b'{"model":"M"}'):
        with pytest.raises(ValueError):
            reader.chat(body)
