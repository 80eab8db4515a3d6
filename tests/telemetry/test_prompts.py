import json

import pytest

from gigagate.dialects.openai import reader
from gigagate.telemetry import prompts


def chat(*contents: object) -> bytes:
    messages = [{"role": "user", "content": content} for content in contents]
    return json.dumps({"messages": messages}).encode()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (chat("first", "last"), "last"),
        (chat([{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]), "one two"),
        (chat(None), ""),
        (chat(), ""),
        (b"not json", ""),
        (b"[]", ""),
        (b"[" * 100_000, ""),
        (chat("x" * 3000), "x" * 2000 + "…"),
    ],
)
def test_the_last_message_is_what_was_asked(body: bytes, text: str) -> None:
    assert prompts.asked(reader, body, "/v1/chat/completions") == text


CALL = {"function": {"name": "read_file", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (json.dumps({"choices": [{"message": {"content": "Привет"}}]}).encode(), "Привет"),
        (json.dumps({"choices": [{"message": {"tool_calls": [CALL]}}]}).encode(), "[read_file]"),
        (
            b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'
            b'data: {"choices":[{"delta":{"content":"b"}}]}\n\n'
            b'data: {"choices":[]}\n\ndata: [DONE]\n\n',
            "ab",
        ),
        (b'{"error": {"message": "no"}}', ""),
        (b"", ""),
    ],
)
def test_an_answer_whole_or_streamed_is_its_text(body: bytes, text: str) -> None:
    assert prompts.answered(reader, body) == text


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"messages": [{"content": [' + b'{"text": [' * 3000 + b"]}" * 3000 + b"]}]}",
        b'{"messages": [{"content": [1]}], "choices": [1]}',
        b'{"choices": 5}',
        b'{"choices": [{"message": 5}]}',
        b'{"choices": [{"message": {"tool_calls": [5, {"function": 5}]}}]}',
    ],
    ids=["deep", "deep content", "numbers", "a number", "no message", "no calls"],
)
def test_json_of_any_shape_is_no_reason_to_lose_the_log_line(body: bytes) -> None:
    assert prompts.asked(reader, body, "/v1/chat/completions") == ""
    assert prompts.answered(reader, body) == ""
