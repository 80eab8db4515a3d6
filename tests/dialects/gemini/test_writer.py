import json
from typing import Any

import pytest
from tests.support.google_types import strict_answer, strict_array, strict_events

from gigagate.core.pivot import ToolCall, Usage
from gigagate.dialects.gemini import candidate, web_search
from gigagate.dialects.gemini.writer import ARRAY, EVENTS, CandidateWriter

USAGE = Usage(9, 5, 2)
TOLD = {
    "promptTokenCount": 9,
    "cachedContentTokenCount": 2,
    "candidatesTokenCount": 5,
    "thoughtsTokenCount": 0,
    "totalTokenCount": 14,
}
CALL = ToolCall("call_1", "Bash", '{"command":"ls «»"}')
BROKEN = ToolCall("call_2", "Bash", '{"command":')
CALLED = {"functionCall": {"id": "call_1", "name": "Bash", "args": {"command": "ls «»"}}}


def writer(*, shows_thoughts: bool = True) -> CandidateWriter:
    return CandidateWriter(EVENTS, request_id="ab", model="M", shows_thoughts=shows_thoughts)


def parts(stream: bytes) -> list[Any]:
    return [one["candidates"][0]["content"]["parts"] for one in strict_events(stream)]


def test_a_call_comes_with_the_reason_of_the_end() -> None:
    w = writer()
    stream = w.start("GigaChat", 1) + w.text('"Да"\n') + w.tool_call(CALL, 0)
    stream += w.finish("tool_calls", USAGE)
    assert parts(stream) == [[{"text": '"Да"\n'}], [CALLED]]
    last = strict_events(stream)[-1]
    assert last == {
        "candidates": [
            {"content": {"role": "model", "parts": [CALLED]}, "finishReason": "STOP", "index": 0}
        ],
        "usageMetadata": TOLD,
        "modelVersion": "M",
        "responseId": "ab",
    }


def test_several_calls_come_one_after_another_and_before_what_follows() -> None:
    w = writer()
    stream = w.tool_call(CALL, 0) + w.tool_call(CALL, 1) + w.text("x") + w.finish("stop", None)
    assert parts(stream) == [[CALLED], [CALLED], [{"text": "x"}], [{"text": ""}]]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("stop", "STOP"),
        ("tool_calls", "STOP"),
        ("length", "MAX_TOKENS"),
        ("content_filter", "SAFETY"),
    ],
)
def test_why_it_ended(reason: Any, told: str) -> None:
    w = writer()
    stream = w.text("x") + w.finish(reason, None)
    assert strict_events(stream)[-1]["candidates"][0]["finishReason"] == told
    completion = {"choices": [{"message": {"content": "x"}, "finish_reason": reason}]}
    body = whole(completion)
    assert strict_answer(body)
    assert json.loads(body)["candidates"][0]["finishReason"] == told


@pytest.mark.parametrize(("reason", "told"), [("tool_calls", "MALFORMED_FUNCTION_CALL")])
def test_a_call_that_is_no_json_is_told_as_such(reason: Any, told: str) -> None:
    w = writer()
    stream = w.tool_call(BROKEN, 0) + w.finish(reason, None)
    assert strict_events(stream)[-1]["candidates"][0]["finishReason"] == told
    function = {"name": BROKEN.name, "arguments": BROKEN.arguments}
    called = {"content": None, "tool_calls": [{"id": "c", "function": function}]}
    body = whole({"choices": [{"message": called, "finish_reason": reason}]})
    found = json.loads(body)["candidates"][0]
    assert found == {
        "content": {"role": "model", "parts": [{"text": ""}]},
        "finishReason": told,
        "index": 0,
    }


def whole(completion: dict[str, Any], *, shows_thoughts: bool = True) -> bytes:
    return candidate.whole(
        completion, USAGE, request_id="ab", model="M", shows_thoughts=shows_thoughts
    )


@pytest.mark.parametrize("shows", [True, False])
def test_a_whole_answer(shows: bool) -> None:
    function = {"name": CALL.name, "arguments": CALL.arguments}
    said = {
        "content": "Смотрю",
        "reasoning_content": "Хм",
        "tool_calls": [{"id": CALL.id, "type": "function", "function": function}],
    }
    body = whole(
        {"choices": [{"message": said, "finish_reason": "tool_calls"}]}, shows_thoughts=shows
    )
    assert strict_answer(body).function_calls
    told = json.loads(body)
    thought = [{"text": "Хм", "thought": True}] if shows else []
    assert told["candidates"][0]["content"]["parts"] == [*thought, {"text": "Смотрю"}, CALLED]
    assert told["usageMetadata"] == TOLD


def test_signs_of_life_are_nothing_to_a_reader() -> None:
    for form, strict in ((EVENTS, strict_events), (ARRAY, strict_array)):
        w = CandidateWriter(form, request_id="ab", model="M", shows_thoughts=False)
        stream = w.working() + w.start("G", 1) + w.reasoning("Хм") + w.text("x") + w.working()
        stream += w.finish("stop", USAGE)
        assert w.working().strip() == b""
        assert len(strict(stream)) == 2


def test_a_search_is_answered_in_every_form() -> None:
    for form, strict in ((EVENTS, strict_events), (ARRAY, strict_array)):
        told = strict(web_search.answer(form, request_id="ab", model="M").body)
        assert told[0]["candidates"][0]["content"]["parts"] == [{"text": web_search.SAID}]
    answer = strict_answer(web_search.answer(None, request_id="ab", model="M").body)
    assert answer.text == web_search.SAID
