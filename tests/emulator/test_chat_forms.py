"""Answers byte for byte: what was recorded from GigaChat, and each form a switch gives."""

import asyncio
import json
from typing import Any

import pytest

from gigagate.emulator.chat import Completion
from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.model import Answer, scripted

STATE = "0199e210-2f13-744c-8fe5-c9a19fe27db7"
CALL = {"name": "weather_forecast", "arguments": {"location": "Манжерок", "num_days": 10}}
USAGE = {
    "prompt_tokens": 17,
    "completion_tokens": 3,
    "total_tokens": 20,
    "precached_prompt_tokens": 2,
}


def completion(answer: Any, model: str = "GigaChat", created: int = 1768996171) -> Completion:
    return Completion(scripted(answer), model, created, 17, 2, STATE)


def events(answer: Any, model: str = "GigaChat", **switches: Any) -> list[bytes]:
    async def collect() -> list[bytes]:
        reply = completion(answer, model).stream(EmulatorConfig().changed(switches))
        assert reply.events is not None
        assert reply.headers == (("Content-Type", "text/event-stream"),)
        return [event async for event in reply.events]

    return asyncio.run(collect())


def choices(answer: Any, **switches: Any) -> list[dict[str, Any]]:
    chunks = [json.loads(e.removeprefix(b"data: ")) for e in events(answer, **switches)[:-1]]
    return [c["choices"][0] for c in chunks]


def test_a_whole_answer_is_the_recorded_one() -> None:
    reply = completion({"text": "Hello.", "usage": USAGE}).whole()
    assert reply.body.decode() == (
        '{"choices":[{"message":{"content":"Hello.","role":"assistant"},"index":0,'
        '"finish_reason":"stop"}],"created":1768996171,"model":"GigaChat:2.0.28.2",'
        '"object":"chat.completion","usage":{"prompt_tokens":17,"completion_tokens":3,'
        '"total_tokens":20,"precached_prompt_tokens":2}}'
    )
    assert len(reply.body) == 271
    assert reply.headers == (("Content-Type", "application/json; charset=utf-8"),)


def test_a_whole_function_call_is_the_documented_one() -> None:
    choice = json.loads(completion({"function_call": CALL}).whole().body)["choices"][0]
    assert json.dumps(choice, ensure_ascii=False, separators=(",", ":")) == (
        '{"message":{"content":"","role":"assistant","function_call":{"name":"weather_forecast",'
        '"arguments":{"location":"Манжерок","num_days":10}},'
        f'"functions_state_id":"{STATE}"}},"index":0,"finish_reason":"function_call"}}'
    )


def test_a_stream_is_the_recorded_one() -> None:
    text = "$1\\, 2\\, 3$  \n\n**Подробный разбор:"
    common = '"created":1768996171,"model":"GigaChat:2.0.28.2","object":"chat.completion"'
    assert b"".join(
        events({"text": text + "**\n- Н", "usage": USAGE}, chunk_chars=len(text))
    ).decode() == (
        'data: {"choices":[{"delta":{"content":"$1\\\\, 2\\\\, 3$  \\n\\n**Подробный разбор:",'
        '"role":"assistant"},"index":0}],' + common + "}\n\n"
        'data: {"choices":[{"delta":{"content":"**\\n- Н"},"index":0}],' + common + "}\n\n"
        'data: {"choices":[{"delta":{"content":""},"index":0,"finish_reason":"stop"}],'
        + common
        + ',"usage":{"prompt_tokens":17,"completion_tokens":3,"total_tokens":20,'
        '"precached_prompt_tokens":2}}\n\n'
        "data: [DONE]\n\n"
    )


def test_ultra_names_its_object_otherwise() -> None:
    body = json.loads(completion("x", "GigaChat-3-Ultra").whole().body)
    assert (body["object"], body["model"]) == ("chat.completions", "GigaChat-3-Ultra:32.3.18.5")


@pytest.mark.parametrize(
    ("model", "answered"),
    [
        ("GigaChat-2-Max", "GigaChat-2-Max:2.0.30.01"),
        ("GigaChat-2-Max:latest", "GigaChat-2-Max:2.0.30.01"),
        ("GigaChat-2-Max:2.0.1", "GigaChat-2-Max:2.0.1"),
    ],
)
def test_an_answer_names_the_models_version(model: str, answered: str) -> None:
    assert json.loads(completion("x", model).whole().body)["model"] == answered


def test_an_empty_answer_still_has_a_first_and_a_last_chunk() -> None:
    assert choices("") == [
        {"delta": {"content": "", "role": "assistant"}, "index": 0},
        {"delta": {"content": ""}, "index": 0, "finish_reason": "stop"},
    ]


def test_reasoning_comes_before_the_text() -> None:
    deltas = [c["delta"] for c in choices({"text": "Да", "reasoning_content": "Хм"})]
    assert deltas == [
        {"content": "", "role": "assistant", "reasoning_content": "Хм"},
        {"content": "Да"},
        {"content": ""},
    ]


def call_delta(arguments: Any, **more: Any) -> dict[str, Any]:
    call = {"name": "weather_forecast", "arguments": arguments}
    state = {"functions_state_id": STATE}
    return {"content": "", "role": "assistant", "function_call": call} | state | more


STRING = '{"location":"Манжерок","num_days":10}'
ENDED = {"index": 0, "finish_reason": "function_call"}
STREAMED_CALLS = [
    ({}, [{"delta": call_delta(CALL["arguments"])} | ENDED]),
    (
        {"stream_call_finish": "after"},
        [{"delta": call_delta(CALL["arguments"]), "index": 0}, {"delta": {"content": ""}} | ENDED],
    ),
    (
        {"stream_call_finish": "missing"},
        [
            {"delta": call_delta(CALL["arguments"]), "index": 0},
            {"delta": {"content": ""}, "index": 0},
        ],
    ),
    ({"stream_call": "string"}, [{"delta": call_delta(STRING)} | ENDED]),
    (
        {"stream_call": "pieces"},
        [
            {"delta": call_delta(STRING[:13]), "index": 0},
            {"delta": {"content": "", "function_call": {"arguments": STRING[13:26]}}, "index": 0},
            {"delta": {"content": "", "function_call": {"arguments": STRING[26:]}}} | ENDED,
        ],
    ),
]


@pytest.mark.parametrize(("switches", "expected"), STREAMED_CALLS)
def test_a_streamed_call_takes_every_plausible_form(
    switches: dict[str, str], expected: list[dict[str, Any]]
) -> None:
    assert choices({"function_call": CALL}, **switches) == expected


def test_the_key_order_of_a_streamed_call_is_that_of_the_test_vector() -> None:
    first = events({"function_call": CALL})[0].decode()
    assert first.startswith(
        'data: {"choices":[{"delta":{"content":"","role":"assistant","function_call":{"name":'
    )


def test_text_may_leak_before_a_call() -> None:
    found = choices({"text": "Сейчас", "function_call": CALL})
    assert found[0]["delta"] == {"content": "Сейчас", "role": "assistant"}
    assert found[-1]["finish_reason"] == "function_call"


@pytest.mark.parametrize(
    ("switch", "where"),
    [("with_finish", [False, False, True]), ("own_event", [False, False, False, True])],
)
def test_usage_stands_where_it_is_switched_to(switch: str, where: list[bool]) -> None:
    chunks = events("Привет, мир, это я", stream_usage=switch)[:-1]
    assert [b'"usage"' in c for c in chunks] == where


def test_usage_may_be_absent() -> None:
    assert b"usage" not in b"".join(events("x", stream_usage="none"))


def test_the_end_may_have_one_newline() -> None:
    assert events("x", stream_end="one_newline")[-1] == b"data: [DONE]\n"


@pytest.mark.parametrize("reason", ["blacklist", "length", "error"])
def test_a_finish_reason_is_given_as_scripted(reason: str) -> None:
    scripted_answer = {"text": "…", "finish_reason": reason}
    body = json.loads(completion(scripted_answer).whole().body)
    assert body["choices"][0]["finish_reason"] == reason
    assert choices(scripted_answer)[-1]["finish_reason"] == reason


def test_a_long_answer_is_cut_with_reason_length() -> None:
    cut = Answer(text="а" * 100).cut(4)
    assert (cut.text, cut.reason) == ("а" * 20, "length")
    assert Answer(text="а" * 20).cut(4).reason == "stop"
