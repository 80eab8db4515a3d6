import json
from typing import Any

import pytest
from openai.types import Completion
from tests.support.gigachat_wire import completion, delta, events, text_stream

from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.exchange import ClientRequest, Exchange

CALL = {"name": "f", "arguments": {}}


def exchange(**asked: Any) -> Exchange:
    body = json.dumps({"model": "gigachat", "prompt": "Жили-были", **asked}).encode()
    request = ClientRequest("POST", "/v1/completions", {}, body)
    return Exchange(request, Policy(), request_id="ab" * 16, now=1)


def sent(**asked: Any) -> dict[str, Any]:
    upstream = exchange(**asked).upstream_request()
    assert upstream.path == "/v1/chat/completions"
    body: dict[str, Any] = json.loads(upstream.body)
    return body


def streamed(stream: bytes, **asked: Any) -> list[Any]:
    asking = exchange(stream=True, **asked)
    asking.upstream_request()
    return events(b"".join(asking.feed(stream)))


@pytest.mark.parametrize("prompt", ["Жили-были", ["Жили-были"]])
def test_the_prompt_becomes_a_users_message(prompt: Any) -> None:
    assert sent(prompt=prompt, max_tokens=5, best_of=1, echo=False, suffix="", n=1) == {
        "model": "GigaChat-2-Max",
        "messages": [{"role": "user", "content": "Жили-были"}],
        "max_tokens": 5,
    }


def test_several_prompts_are_refused_with_advice() -> None:
    with pytest.raises(UnsupportedFeature, match=r"one prompt a request.*batch_size=1"):
        sent(prompt=["a", "b"])


@pytest.mark.parametrize(
    "asked",
    [
        {"prompt": ["a", "b"]},
        {"prompt": [1, 2]},
        {"prompt": None},
        {"suffix": "end"},
        {"echo": True},
        {"tools": []},
        {"messages": []},
    ],
)
def test_what_cannot_be_is_refused_by_name(asked: dict[str, Any]) -> None:
    (name,) = asked
    with pytest.raises(UnsupportedFeature, match=name):
        sent(**asked)


@pytest.mark.parametrize("asked", [{"prompt": ""}, {"echo": "yes"}, {"model": None}, {"stream": 1}])
def test_what_is_wrong_is_named(asked: dict[str, Any]) -> None:
    (name,) = asked
    with pytest.raises(InvalidRequest, match=name):
        sent(**asked)


def test_a_whole_answer_is_a_text_completion() -> None:
    asking = exchange(stop="three")
    asking.upstream_request()
    body = json.dumps(completion("<think>Хм</think>one two three")).encode()
    parsed = Completion.model_validate_json(asking.answer(200, {}, body).body, strict=True)
    assert parsed.choices[0].text == "one two "
    assert parsed.choices[0].finish_reason == "stop"
    assert parsed.usage is not None
    assert parsed.usage.total_tokens == 61


@pytest.mark.parametrize("asked", [{}, {"stream_options": {"include_usage": True}}])
def test_a_stream_is_text_completions(asked: dict[str, Any]) -> None:
    *chunks, done = streamed(
        delta(reasoning_content="Хм", role="assistant") + text_stream("жил", " пёс"), **asked
    )
    assert done == "[DONE]"
    parsed = [Completion.construct(**chunk) for chunk in chunks]  # as the SDK reads a stream
    assert "".join(chunk.choices[0].text for chunk in parsed if chunk.choices) == "жил пёс"
    assert {chunk.id for chunk in parsed} == {f"cmpl-{'ab' * 16}"}
    reasons = [c.choices[0].finish_reason for c in parsed if c.choices]
    assert [reason for reason in reasons if reason] == ["stop"]
    assert (parsed[-1].usage is not None) is bool(asked)


def test_json_in_place_of_a_stream_becomes_one() -> None:
    asking = exchange(stream=True)
    asking.upstream_request()
    answer = asking.answer(200, {}, json.dumps(completion("пёс")).encode())
    *chunks, done = events(answer.body)
    assert done == "[DONE]"
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == "пёс"


def test_a_function_call_is_nothing_a_text_can_hold() -> None:
    asking = exchange()
    asking.upstream_request()
    body = completion("", finish="function_call", function_call=CALL)
    assert asking.answer(200, {}, json.dumps(body).encode()).status == 502
    last = streamed(delta("", function_call=CALL, finish="function_call") + b"data: [DONE]\n\n")[-1]
    assert last["error"]["code"] == "upstream_protocol_error"
