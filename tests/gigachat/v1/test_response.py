import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support.gigachat_wire import CREATED, MODEL, completion

from gigagate.core.pivot import Usage
from gigagate.core.report import Report
from gigagate.errors import UpstreamError, UpstreamProtocolError
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.response import chat_completion
from gigagate.gigachat.words import Wording

STATE = "0199e210-2f13-744c-8fe5-c9a19fe27db7"
CALL = {"name": "weather", "arguments": {"city": "Омск"}}


def expected(**changes: Any) -> Expected:
    values: dict[str, Any] = {
        "request_id": "abc123",
        "model": "GigaChat-2-Max",
        "now": 1_800_000_000,
        "tool_names": ToolNames({}),
    }
    return Expected(**values | changes)


def translate(answer: object, **changes: Any) -> dict[str, Any]:
    return chat_completion(answer, expected(**changes), Report())


def test_an_answer_in_words_has_exactly_the_pivots_form() -> None:
    report = Report()
    assert chat_completion(completion("Привет."), expected(), report) == {
        "created": CREATED,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Привет.", "refusal": None},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 19,
            "completion_tokens": 42,
            "total_tokens": 61,
            "prompt_tokens_details": {"cached_tokens": 2},
        },
    }
    assert report == Report(
        model_answered=MODEL, usage=Usage(19, 42, cached=2), finish_reason="stop"
    )


def test_a_function_call_becomes_a_tool_call() -> None:
    answer = completion("", finish="function_call", function_call=CALL, functions_state_id=STATE)
    choice = translate(answer)["choices"][0]
    (tool_call,) = choice["message"].pop("tool_calls")
    assert choice["message"] == {"role": "assistant", "content": None, "refusal": None}
    assert choice["finish_reason"] == "tool_calls"
    assert re.fullmatch("call_[0-9a-f]+", tool_call.pop("id"))
    assert tool_call == {
        "type": "function",
        "function": {"name": "weather", "arguments": '{"city":"Омск"}'},
    }


def test_words_before_a_call_are_kept() -> None:
    answer = completion("Смотрю.", finish="function_call", function_call=CALL)
    message = translate(answer)["choices"][0]["message"]
    assert message["content"] == "Смотрю."
    assert len(message["tool_calls"]) == 1


@pytest.mark.parametrize(
    ("said", "call", "reason"),
    [
        ("stop", None, "stop"),
        ("length", None, "length"),
        ("blacklist", None, "content_filter"),
        (None, None, "stop"),
        ("something new", None, "stop"),
        (7, None, "stop"),
        ("function_call", CALL, "tool_calls"),
        ("stop", CALL, "tool_calls"),
        (None, CALL, "tool_calls"),
        ("length", CALL, "length"),
    ],
)
def test_finish_reasons(said: Any, call: object, reason: str) -> None:
    answer = completion("text", finish=said, function_call=call)
    assert translate(answer)["choices"][0]["finish_reason"] == reason


def test_a_refusal_keeps_its_words() -> None:
    choice = translate(completion("Не могу.", finish="blacklist"))["choices"][0]
    assert choice["message"]["content"] == "Не могу."


def test_a_failed_generation_is_an_error() -> None:
    with pytest.raises(UpstreamError, match="valid function call") as raised:
        translate(completion("", finish="error"))
    assert raised.value.code == "generation_failed"


def test_gaps_are_filled_from_the_request() -> None:
    answer = completion("a")
    del answer["model"], answer["created"], answer["usage"]
    answer["object"] = "chat.completions"
    translated = translate(answer)
    assert translated["model"] == "GigaChat-2-Max"
    assert translated["created"] == 1_800_000_000
    assert "usage" not in translated


def test_reasoning_passes() -> None:
    message = translate(completion("a", reasoning_content="hm"))["choices"][0]["message"]
    assert message["reasoning_content"] == "hm"


def test_missing_content_is_empty() -> None:
    assert translate(completion(None))["choices"][0]["message"]["content"] == ""


@pytest.mark.parametrize("call", [None, CALL])
def test_the_answer_ends_before_a_stop_sequence(call: object) -> None:
    answer = completion("one two three", finish="length", function_call=call)
    choice = translate(answer, wording=Wording(stop=("two",)))["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": "one ", "refusal": None}
    assert choice["finish_reason"] == "stop"


def test_usage_in_an_older_form_counts_what_it_has() -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": None, "system_tokens": 9}
    assert translate(completion("a", usage=usage))["usage"] == {
        "prompt_tokens": 3,
        "completion_tokens": 0,
        "total_tokens": 3,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


counts = st.none() | st.integers(-5, 10_000) | st.text(max_size=3) | st.floats() | st.booleans()


@given(prompt=counts, completed=counts, cached=counts)
@example(prompt=1414, completed=91, cached=6183)
def test_there_are_never_more_cached_tokens_than_prompt_tokens(
    prompt: object, completed: object, cached: object
) -> None:
    """GigaChat's prompt tokens are without the cached ones."""
    said = {
        "prompt_tokens": prompt,
        "completion_tokens": completed,
        "total_tokens": 7,
        "precached_prompt_tokens": cached,
    }
    usage = translate(completion("a", usage=said))["usage"]
    details = usage["prompt_tokens_details"]
    assert 0 <= details["cached_tokens"] <= usage["prompt_tokens"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    if (prompt, cached) == (1414, 6183):
        assert (usage["prompt_tokens"], details["cached_tokens"]) == (7597, 6183)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ([], 502),
        ("text", 502),
        ({}, 502),
        ({"choices": []}, 502),
        ({"choices": {}}, 502),
        ({"choices": [None]}, 502),
        ({"choices": [{}]}, 502),
        ({"choices": [{"message": "text"}]}, 502),
        (completion(["parts"]), 502),  # type: ignore[arg-type]
        (completion("", finish="function_call"), 502),
        ({"status": 429, "message": "Too many requests"}, 429),
    ],
)
def test_what_is_no_completion_is_the_upstreams_error(answer: object, status: int) -> None:
    with pytest.raises(UpstreamError) as raised:
        translate(answer)
    assert raised.value.status == status


def test_a_shapeless_answer_is_told_as_such() -> None:
    with pytest.raises(UpstreamProtocolError, match="without choices"):
        translate({"choices": []})


def test_reasoning_is_set_apart() -> None:
    message = translate(completion("<think>Хм.</think>\nДа."))["choices"][0]["message"]
    assert message["content"] == "Да."
    assert message["reasoning_content"] == "Хм."


@pytest.mark.parametrize(
    ("fields", "function"),
    [
        ({"content": '```json\n{"city":"Омск"}\n```'}, False),
        ({"content": '{"city":"Омск"}'}, True),
        ({"content": "", "finish": "function_call", "function_call": CALL}, True),
    ],
)
def test_json_is_content_however_it_came(fields: dict[str, Any], function: bool) -> None:
    wording = Wording(json_opening="{")
    choice = translate(completion(**fields), wording=wording, json_function=function)["choices"][0]
    assert choice["message"] == {
        "role": "assistant",
        "content": '{"city":"Омск"}',
        "refusal": None,
    }
    assert choice["finish_reason"] == "stop"


def test_a_tool_call_is_no_failed_json() -> None:
    answer = completion("Смотрю.", finish="function_call", function_call=CALL)
    choice = translate(answer, wording=Wording(json_opening="{"))["choices"][0]
    assert choice["finish_reason"] == "tool_calls"


def test_json_that_is_none_is_an_error() -> None:
    with pytest.raises(UpstreamError, match="not valid JSON"):
        translate(completion("Не могу."), wording=Wording(json_opening="{"))


@pytest.mark.parametrize("tokens", [-1, 1 << 53, 10**20, 1.5, True, "7"])
def test_what_cannot_be_a_number_of_tokens_is_not_counted(tokens: object) -> None:
    assert (
        translate(completion("a", usage={"prompt_tokens": tokens}))["usage"]["prompt_tokens"] == 0
    )
