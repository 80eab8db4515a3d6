"""What people see of a request and its response is what was said."""

import json
from typing import Any

import pytest
from tests.dialects.openai.responses.conftest import REQUEST_ID, Asking

from gigagate.core.pivot import Completion, ToolCall, Usage
from gigagate.dialects.openai.responses import chat_form, reader

ARGUMENTS = '{"command": "ls «»"}'
TOOLS = [
    {"type": "function", "name": "Bash", "parameters": {"type": "object"}},
    {"type": "custom", "name": "patch"},
    {"type": "local_shell"},
]
CALLS = [
    ToolCall("a", "Bash", ARGUMENTS),
    ToolCall("b", "patch", '{"input": "+ x"}'),
    ToolCall("c", "local_shell", '{"command": ["ls"]}'),
]
PATH = "/v1/responses"
TOKENS = Usage(9, 5, 2)


def whole() -> bytes:
    calls: Any = [
        {"id": c.id, "type": "function", "function": {"name": c.name, "arguments": c.arguments}}
        for c in CALLS
    ]
    said: Any = {"role": "assistant", "content": "Привет, мир", "reasoning_content": "Хм"}
    message = {**said, "tool_calls": calls}
    choice: Any = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    answer: Completion = {"created": 1, "model": "G", "choices": [choice]}
    return chat_form.whole(Asking()(tools=TOOLS, stream=False), answer, TOKENS).body


def streamed() -> list[bytes]:
    writer = chat_form.writer(Asking()(tools=TOOLS, stream=True), 1)
    return [
        writer.start("G", 1),
        writer.reasoning("Хм"),
        writer.text("Привет"),
        writer.working(),
        writer.text(", мир"),
        *(writer.tool_call(call, index) for index, call in enumerate(CALLS)),
        writer.finish("tool_calls", TOKENS),
    ]


@pytest.mark.parametrize("body", [whole(), b"".join(streamed())], ids=["whole", "streamed"])
def test_an_answer_is_read_back(body: bytes) -> None:
    said = reader.answer(body)
    (choice,) = said.choices.values()
    assert ("".join(choice.text), "".join(choice.reasoning)) == ("Привет, мир", "Хм")
    given = [(name, "".join(pieces)) for _, (name, pieces) in sorted(choice.calls.items())]
    assert given[:2] == [("Bash", ARGUMENTS), ("patch", "+ x")]
    assert given[2][0] == "local_shell"
    assert json.loads(given[2][1])["command"] == ["ls"]
    assert choice.finish_reason == "tool_calls"
    assert (said.model, said.usage, said.complete) == ("gigachat", TOKENS, True)


def test_a_stream_is_read_as_far_as_it_has_come() -> None:
    stream = b"".join(streamed())
    for end in range(len(streamed()[0]), len(stream)):
        said = reader.answer(stream[:end])
        assert "Привет, мир".startswith("".join(said.choice().text))
        assert said.complete is (end >= len(stream) - 2)


def test_a_request_is_read_as_a_chat_and_what_it_refers_to_is_named() -> None:
    asked = {
        "model": "M",
        "instructions": "S",
        "previous_response_id": "resp_" + REQUEST_ID,
        "input": [{"role": "user", "content": "Привет"}, {"type": "item_reference", "id": "msg_1"}],
    }
    found: Any = reader.chat(json.dumps(asked).encode(), PATH)
    assert found["messages"] == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "Привет"},
    ]
    assert found["previous_response_id"] == "resp_" + REQUEST_ID
    assert found["item_references"] == ["msg_1"]


def test_a_request_that_only_refers_has_no_messages() -> None:
    asked = {"model": "M", "previous_response_id": "resp_1"}
    assert reader.chat(json.dumps(asked).encode(), PATH)["messages"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"model": "M"}', b"[" * 100_000])
def test_what_is_no_request_is_said(body: bytes) -> None:
    with pytest.raises(ValueError):
        reader.chat(body, PATH)


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"{", b"data: {}\n\n", b'data: {"type":1}\n\n']
)
def test_what_is_no_answer_is_said(body: bytes) -> None:
    with pytest.raises(ValueError):
        reader.answer(body)
