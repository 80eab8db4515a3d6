import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.gigachat_wire import (
    DONE,
    MODEL,
    USAGE,
    data,
    delta,
    deltas,
    events,
    finish_reasons,
    text_of,
    text_stream,
)

from gigagate.core.pivot import Usage
from gigagate.core.report import Report
from gigagate.dialects.openai.chunks import ChunkWriter
from gigagate.errors import GigaGateError, UpstreamError, UpstreamProtocolError
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.stream import ChatStream
from gigagate.gigachat.words import Wording

STATE = "0199e210-2f13-744c-8fe5-c9a19fe27db7"
CALL = {"name": "weather", "arguments": {"city": "Омск"}}
TEXTS = ("Привет,", " мир 🙂\n\n", "```py\n  x = '<a>'\n```", ' \\ "', "\u2028\x00", " ")


class Run:
    """A stream given in some chunks, and what came of it."""

    def __init__(
        self, *chunks: bytes, legacy: bool = False, json_function: bool = False, **wording: Any
    ) -> None:
        self.report = Report()
        self.error: GigaGateError | None = None
        expected = Expected(
            "abc123",
            "GigaChat-2-Max",
            1,
            ToolNames({}),
            Wording(**wording),
            json_function,
            prompt_characters=400,
        )
        writer = ChunkWriter(
            "chatcmpl-abc123",
            model="GigaChat-2-Max",
            created=1,
            include_usage=True,
            legacy_functions=legacy,
        )
        self.stream = ChatStream(writer, expected, self.report)
        out: list[bytes] = []
        try:
            for chunk in (*chunks, b""):
                if not self.stream.ended:
                    self.stream.feed(chunk, out)
        except GigaGateError as error:
            self.error = error
        assert all(out)
        self.bytes = b"".join(out)


def run(stream: bytes, **options: Any) -> Run:
    """Whole, and one byte at a time: it must make no difference."""
    whole = Run(stream, **options)
    in_bytes = Run(*(stream[i : i + 1] for i in range(len(stream))), **options)
    assert whole.bytes == in_bytes.bytes
    assert whole.report == in_bytes.report
    assert repr(whole.error) == repr(in_bytes.error)
    return whole


def test_words_pass_as_they_are() -> None:
    found = run(text_stream(*TEXTS))
    assert text_of(found.bytes) == "".join(TEXTS)
    assert "Привет".encode() in found.bytes
    assert found.report == Report(
        model_answered=MODEL, usage=Usage(19, 42, cached=2), finish_reason="stop"
    )
    assert found.stream.ended
    assert not found.stream.cut


def test_role_comes_first_then_words_then_one_finish_reason_usage_and_done() -> None:
    stream = run(text_stream("a", "b")).bytes
    assert deltas(stream) == [
        {"role": "assistant", "content": ""},
        {"content": "a"},
        {"content": "b"},
        {},
    ]
    *_, finish, usage, done = events(stream)
    assert finish["choices"][0]["finish_reason"] == "stop"
    assert usage["choices"] == []
    assert done == "[DONE]"
    assert finish_reasons(stream) == ["stop"]


CALL_STREAMS = {
    "whole, with its reason": [
        delta("", role="assistant", function_call=CALL, finish="function_call", usage=USAGE,
              functions_state_id=STATE),
    ],
    "reason in the next event": [
        delta("", role="assistant", function_call=CALL, functions_state_id=STATE),
        delta("", finish="function_call", usage=USAGE),
    ],
    "usage after the reason": [
        delta("", role="assistant", function_call=CALL, functions_state_id=STATE),
        delta("", finish="function_call"),
        data({"choices": [], "usage": USAGE}),
    ],
    "no reason": [delta("", function_call=CALL, functions_state_id=STATE, usage=USAGE)],
    "a wrong reason": [
        delta("", function_call=CALL, functions_state_id=STATE, finish="stop", usage=USAGE),
    ],
    "reason before the call": [
        delta("", role="assistant", finish="function_call", usage=USAGE),
        delta(function_call=CALL, functions_state_id=STATE),
    ],
    "state first": [
        delta("", role="assistant", functions_state_id=STATE),
        delta("", function_call=CALL, finish="function_call", usage=USAGE),
    ],
    "arguments in pieces of a string": [
        delta("", role="assistant", function_call={"name": "weather", "arguments": ""}),
        delta(function_call={"arguments": '{"city":'}),
        delta(function_call={"arguments": '"Омск"}'}, functions_state_id=STATE),
        delta("", finish="function_call", usage=USAGE),
    ],
    "name and object apart": [
        delta("", function_call={"name": "weather"}, functions_state_id=STATE),
        delta("", function_call={"arguments": {"city": "Омск"}}),
        delta("", finish="function_call", usage=USAGE),
    ],
}  # fmt: skip


@pytest.mark.parametrize("parts", CALL_STREAMS.values(), ids=CALL_STREAMS)
@pytest.mark.parametrize("prelude", [(), (delta("Смотрю ", role="assistant"), delta("погоду."))])
def test_a_function_call_is_one_complete_delta_however_it_was_cut(
    parts: list[bytes], prelude: tuple[bytes, ...]
) -> None:
    found = run(b"".join((*prelude, *parts, DONE)))
    assert found.error is None
    assert finish_reasons(found.bytes) == ["tool_calls"]
    (tool_calls,) = [said["tool_calls"] for said in deltas(found.bytes) if "tool_calls" in said]
    (tool_call,) = tool_calls
    assert re.fullmatch("call_[0-9a-f]+", tool_call.pop("id"))
    assert tool_call == {
        "index": 0,
        "type": "function",
        "function": {"name": "weather", "arguments": '{"city":"Омск"}'},
    }
    assert text_of(found.bytes) == ("Смотрю погоду." if prelude else "")
    assert found.report.usage == Usage(19, 42, cached=2)
    assert found.report.finish_reason == "tool_calls"


def test_a_request_with_functions_gets_a_function_call_delta() -> None:
    stream = run(delta("", function_call=CALL, finish="function_call") + DONE, legacy=True).bytes
    assert finish_reasons(stream) == ["function_call"]
    assert deltas(stream)[1] == {
        "function_call": {"name": "weather", "arguments": '{"city":"Омск"}'}
    }


@pytest.mark.parametrize(
    ("ends", "reason"),
    [
        ([delta("", finish="stop"), DONE], "stop"),
        ([delta("", finish="length"), DONE], "length"),
        ([delta("", finish="blacklist"), DONE], "content_filter"),
        ([DONE], "stop"),
        ([DONE.removesuffix(b"\n")], "stop"),
        ([delta("", finish="stop"), DONE.removesuffix(b"\n\n")], "stop"),
        ([delta("", finish="stop"), DONE, delta("too late"), DONE], "stop"),
    ],
)
def test_there_is_always_exactly_one_finish_reason(ends: list[bytes], reason: str) -> None:
    found = run(b"".join((delta("text", role="assistant"), *ends)))
    assert found.error is None
    assert finish_reasons(found.bytes) == [reason]
    assert text_of(found.bytes) == "text"
    assert events(found.bytes)[-1] == "[DONE]"


def test_reasoning_passes() -> None:
    stream = run(delta(reasoning_content="hm") + text_stream("a")).bytes
    assert {"reasoning_content": "hm"} in deltas(stream)
    assert text_of(stream) == "a"


@pytest.mark.parametrize(
    ("mode", "text", "reasoning"),
    [
        ("separate", "да", "хм хм"),
        ("drop", "да", ""),
        ("inline", "<think>\nхм хм\n</think>\n\nда", ""),
    ],
)
@pytest.mark.parametrize(
    "stream",
    [
        delta("", role="assistant", reasoning_content="хм ")
        + delta("", reasoning_content="хм")
        + text_stream("да"),
        text_stream("<thi", "nk>хм ", "хм</", "think>", "\n\n", "да"),
    ],
)
def test_reasoning_goes_where_the_setting_says(
    stream: bytes, mode: str, text: str, reasoning: str
) -> None:
    found = run(stream, reasoning=mode)
    assert text_of(found.bytes) == text
    said = [part.get("reasoning_content", "") for part in deltas(found.bytes)]
    assert "".join(said) == reasoning


JSON = {"json_opening": "{"}


def test_fences_around_json_go() -> None:
    found = run(text_stream("```js", 'on\n{"a":', '"```"}', "\n```"), **JSON)
    assert text_of(found.bytes) == '{"a":"```"}'
    assert finish_reasons(found.bytes) == ["stop"]


@pytest.mark.parametrize("parts", CALL_STREAMS.values(), ids=CALL_STREAMS)
@pytest.mark.parametrize("prelude", [(), (delta("Смотрю ", role="assistant"),)])
def test_the_function_that_stands_for_json_is_content(
    parts: list[bytes], prelude: tuple[bytes, ...]
) -> None:
    found = run(b"".join((*prelude, *parts, DONE)), json_function=True, **JSON)
    assert found.error is None
    assert text_of(found.bytes) == '{"city":"Омск"}'
    assert finish_reasons(found.bytes) == ["stop"]
    assert b"tool_calls" not in found.bytes


def test_json_that_is_none_ends_in_an_error_and_not_in_done() -> None:
    found = run(text_stream("Не могу."), **JSON)
    assert found.error is not None
    assert found.error.code == "generation_failed"
    assert b"[DONE]" not in found.bytes


@pytest.mark.parametrize(
    ("finish", "reason"), [("length", "length"), ("blacklist", "content_filter")]
)
def test_json_that_is_not_finished_passes_with_the_reason(finish: str, reason: str) -> None:
    found = run(text_stream('{"a":', finish=finish), **JSON)
    assert text_of(found.bytes) == '{"a":'
    assert finish_reasons(found.bytes) == [reason]


def test_a_function_at_work_only_keeps_the_stream_alive() -> None:
    stream = run(
        delta("12", role="function_in_progress", name="text2image") + text_stream("готово")
    ).bytes
    first = events(stream)[0]
    assert first["choices"] == [{"index": 0, "delta": {}, "finish_reason": None}]
    assert text_of(stream) == "готово"


@pytest.mark.parametrize(
    ("event", "status", "words"),
    [
        (data({"status": 500, "message": "Internal Server Error"}), 500, "Internal Server Error"),
        (data({"error": {"message": "broken", "code": 429}}), 429, "broken"),
        (b'event: error\ndata: {"message":"broken"}\n\n', 502, "broken"),
        (b'{"status":503,"message":"busy"}\n', 503, "busy"),
        (b"data: oops\n\n", 502, "not JSON"),
        (b"data: [1]\n\n", 502, "no JSON object"),
        (b'data: {"choices":[{"del', 502, "not JSON"),
        (b"data: \xff\n\n", 502, "not JSON"),
        (data({"choices": [7]}), 502, "unknown shape"),
        (data({"choices": {"a": 1}}), 502, "unknown shape"),
        (data({"choices": [{"delta": "text"}]}), 502, "unknown shape"),
        (delta(["parts"]), 502, "no text"),  # type: ignore[arg-type]
        (delta("", finish="error") + DONE, 502, "valid function call"),
        (delta("", finish="function_call") + DONE, 502, "no function call"),
        (b"", 502, "broke off"),
        (delta("", finish="stop"), 502, "broke off"),
        (delta("", finish="stop") + b"data: [DON", 502, "not JSON"),
    ],
)
@pytest.mark.parametrize("begun", [b"", delta("before", role="assistant")])
def test_a_fault_midway_is_an_error_after_what_came_before(
    begun: bytes, event: bytes, status: int, words: str
) -> None:
    found = run(begun + event)
    assert isinstance(found.error, UpstreamError)
    assert found.error.status == status
    assert words in found.error.message
    assert b"[DONE]" not in found.bytes
    if begun:
        assert text_of(found.bytes) == "before"


def test_an_empty_stream_is_an_error() -> None:
    assert isinstance(run(DONE).error, UpstreamProtocolError)


def test_unknown_events_are_passed_over() -> None:
    assert text_of(run(data({}) + data({"ping": 1}) + text_stream("a")).bytes) == "a"


@pytest.mark.parametrize("texts", [("one two three",), ("one t", "wo", " three"), tuple("one two")])
def test_the_answer_ends_before_a_stop_sequence(texts: tuple[str, ...]) -> None:
    found = run(text_stream(*texts, finish="length"), stop=("two", "four"))
    assert text_of(found.bytes) == "one "
    assert finish_reasons(found.bytes) == ["stop"]
    assert events(found.bytes)[-1] == "[DONE]"
    assert found.stream.cut


def test_what_was_held_back_for_a_stop_sequence_comes_at_the_end() -> None:
    found = run(text_stream("one t", "w"), stop=("two",))
    assert text_of(found.bytes) == "one tw"
    assert not found.stream.cut


@given(st.data())
def test_any_cut_gives_the_same_bytes(data_: st.DataObject) -> None:
    parts = data_.draw(st.sampled_from(list(CALL_STREAMS.values())))
    stream = text_stream(*TEXTS).removesuffix(DONE) + b"".join(parts) + DONE
    cuts = sorted(data_.draw(st.sets(st.integers(1, len(stream) - 1), max_size=20)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert Run(*chunks).bytes == Run(stream).bytes
