import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.views.test_conversation import ANY_JSON

from gigagate.core.pivot import Usage
from gigagate.dialects.openai import reader
from gigagate.views import answer
from gigagate.views.facts import Attempt, Facts

USAGE = {
    "prompt_tokens": 120,
    "completion_tokens": 45,
    "prompt_tokens_details": {"cached_tokens": 80},
}
COMPLETION = {
    "model": "GigaChat-2-Max:2.0",
    "choices": [{"index": 0, "message": {"content": "Привет"}, "finish_reason": "stop"}],
    "usage": USAGE,
}
KNOWN = Facts(
    model="GigaChat-2-Max:2.0",
    usage=Usage(120, 45, 80),
    finish_reason="stop",
    waited=0.1,
    first_byte=0.5,
    total=1.5,
    api="v1",
    attempts=[Attempt(401, 0.02), Attempt(None), Attempt(200, 0.3)],
)


def sse(*events: Any, done: bool = True) -> bytes:
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def delta(**given: Any) -> dict[str, Any]:
    return {"model": "M", "choices": [{"index": 0, "delta": given}]}


def call(index: int, name: str | None, arguments: str) -> dict[str, Any]:
    return delta(tool_calls=[{"index": index, "function": {"name": name, "arguments": arguments}}])


def test_a_whole_answer() -> None:
    body = json.dumps(COMPLETION).encode()
    assert answer.render(reader.answer(body), Facts()).splitlines() == [
        "GigaChat-2-Max:2.0 · stop · 120 prompt tokens (80 of them cached, not billed) + 45",
        "  in the answer",
        "",
        "Привет",
    ]


def test_a_stream_is_put_together() -> None:
    body = sse(
        delta(role="assistant", content="Сей"),
        delta(content="час"),
        delta(reasoning_content="думаю"),
        call(0, "write", '{"path": '),
        call(0, None, '"a"}'),
        call(1, "read", "{}"),
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
        {"choices": [], "usage": USAGE},
    )
    lines = answer.render(reader.answer(body), Facts()).splitlines()
    assert lines[0].startswith("M · tool_calls · 120 prompt tokens")
    assert lines[-6:] == [
        "── thinking ──",
        "думаю",
        "── answer ──",
        "Сейчас",
        '→ write(path: "a")',
        "→ read()",
    ]


def test_time_and_attempts_are_told() -> None:
    body = sse(delta(content="x"))
    assert list(answer.summary(reader.answer(body), KNOWN))[1:] == [
        "1.50 s in all · 0.10 s waiting for a slot and a token · first piece after 0.50 s · "
        "45 tokens/s",
        "3 attempts: 401 after 0.02 s (the access token was refused, another one was taken); "
        "none (no answer came); 200 after 0.30 s",
        "A stream of 1 event",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [(Facts(), "not ended yet"), (Facts(total=1.0, ending="Client disconnected"), "cut short")],
)
def test_a_stream_without_its_end_says_so(facts: Facts, said: str) -> None:
    assert f"A stream of 1 event, {said}" in answer.render(
        reader.answer(sse(delta(content="x"), done=False)), facts
    )


def test_an_error_is_shown_with_its_code() -> None:
    error = {"error": {"message": "Слишком длинно", "code": "context_length_exceeded"}}
    whole = answer.render(reader.answer(json.dumps(error).encode()), Facts())
    assert whole.splitlines() == ["context_length_exceeded", "", "Error: Слишком длинно"]
    streamed = answer.render(reader.answer(sse(delta(content="Нач"), error, done=False)), Facts())
    assert "Нач" in streamed
    assert "Error: Слишком длинно" in streamed


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"<html>", b"\xff\xfe", b'{"data": []}'])
def test_what_is_no_chat_answer_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError):
        answer.render(reader.answer(body), Facts())


@given(st.lists(ANY_JSON, max_size=4), st.lists(ANY_JSON, max_size=2))
def test_no_event_makes_it_fail(events: list[Any], deltas: list[Any]) -> None:
    body = sse(*events, *({"choices": [{"delta": given}]} for given in deltas), delta(content="x"))
    assert answer.render(reader.answer(body), Facts()).endswith("\n")


def test_what_is_cited_stands_under_the_text() -> None:
    page = {"url": "https://example.com/milk", "title": "Молоко"}
    cited = {"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 6, **page}}
    message = {"content": "Привет", "annotations": [cited, cited]}
    body = json.dumps({"choices": [{"message": message}]}).encode()
    lines = answer.render(reader.answer(body), Facts()).splitlines()
    assert lines[-3:] == ["Привет", "── sources ──", "Молоко https://example.com/milk"]
