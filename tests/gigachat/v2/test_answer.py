"""GigaChat v2's answers, whole and in any pieces, to what a writer is told."""

import json
from typing import Any

import pytest
from tests.support import gigachat_v2_wire as wire

from gigagate.core.pivot import Completion, Usage
from gigagate.core.report import Report
from gigagate.errors import GigaGateError, UpstreamError, UpstreamProtocolError
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v2.stream import ChatStream
from gigagate.gigachat.v2.whole import Collector, chat_completion
from gigagate.gigachat.words import Wording

NAMES = ToolNames({"getWeather": "getWeather", "web_search": "web_search_tool"})
THREE = [
    wire.call("getWeather", {"city": "Пермь"}, "0" * 8 + "-0000-4000-8000-" + "0" * 11 + "1"),
    wire.call("getWeather", {"city": "Омск"}, "0" * 8 + "-0000-4000-8000-" + "0" * 11 + "2"),
    wire.call("web_search_tool", {"q": "x"}, "0" * 8 + "-0000-4000-8000-" + "0" * 11 + "3"),
]


def expected(**more: Any) -> Expected:
    fields = {"request_id": "ab" * 16, "model": "GigaChat-2", "now": 7, "tool_names": NAMES}
    return Expected(**(fields | more))


def streamed(content: bytes, size: int = 0, **more: Any) -> Completion:
    report, collector = Report(), Collector()
    stream = ChatStream(collector, expected(**more), report)
    out: list[bytes] = []
    for at in range(0, len(content), size or len(content)):
        stream.feed(content[at : at + (size or len(content))], out)
        if stream.ended:
            return collector.completion(report.usage)
    stream.feed(b"", out)
    return collector.completion(report.usage)


def whole(answer: Any, **more: Any) -> Completion:
    return chat_completion(answer, expected(**more), Report())


def message(completion: Completion) -> dict[str, Any]:
    return {**completion["choices"][0]["message"]}


def cited(completion: Completion) -> list[tuple[str, str]]:
    text = message(completion)["content"]
    places = [one["url_citation"] for one in message(completion)["annotations"]]
    return [(text[p["start_index"] : p["end_index"]], p["url"]) for p in places]


SEARCHES = [
    pytest.param(lambda: whole(wire.SEARCH_WHOLE), id="whole"),
    *(
        pytest.param(lambda size=size: streamed(wire.SEARCH, size), id=f"by {size or 'all'}")
        for size in (0, 1, 2, 7, 64)
    ),
]


@pytest.mark.parametrize("answer", SEARCHES)
def test_a_search_is_told_with_its_sources_cited_and_nothing_lost(answer: Any) -> None:
    told = answer()
    assert message(told)["content"] == wire.PLAIN
    assert cited(told) == [
        ("Молоко — 89 ₽.", "https://example.com/milk"),
        ("Кошки его любят 🐈.", "https://example.com/milk"),
        ("Кошки его любят 🐈.", "https://example.org/cats"),
    ]
    (run,) = message(told)["tool_runs"]
    assert (run.kind, run.status, len(run.sources)) == ("web_search", "completed", 3)
    assert run.sources[0].title == "Молоко 🥛"
    assert told["choices"][0]["finish_reason"] == "stop"
    assert told["usage"]["prompt_tokens"] == 67
    assert told["usage"]["prompt_tokens_details"]["cached_tokens"] == 10


@pytest.mark.parametrize("size", [0, 1, 3])
def test_plain_text(size: int) -> None:
    told = streamed(wire.TEXT, size)
    assert message(told) == {"role": "assistant", "content": "Привет 👋", "refusal": None}
    assert (told["model"], told["created"]) == (wire.MODEL, wire.CREATED)


@pytest.mark.parametrize(
    "answer",
    [lambda: whole(wire.FUNCTION_WHOLE), lambda: streamed(wire.FUNCTION, 1)],
    ids=["whole", "stream"],
)
def test_a_function_call_carries_gigachats_id(answer: Any) -> None:
    told = answer()
    (call,) = message(told)["tool_calls"]
    assert call["function"] == {"name": "getWeather", "arguments": '{"city":"Пермь"}'}
    assert call["id"] == "call_v2" + wire.CALL_ID.replace("-", "")
    assert told["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    "stream",
    [
        wire.done(*THREE, reason="function_call"),
        wire.delta(THREE[0]) + wire.delta(*THREE[1:]) + wire.done(reason="function_call"),
        wire.delta(*THREE) + wire.done(*THREE, reason="tool_calls", usage=None),
    ],
    ids=["at the end", "in deltas", "twice"],
)
def test_several_calls_keep_their_order_and_have_ids_of_their_own(stream: bytes) -> None:
    told = streamed(stream, 1)
    calls = message(told)["tool_calls"]
    assert [call["function"]["name"] for call in calls] == [
        "getWeather",
        "getWeather",
        "web_search",
    ]
    assert len({call["id"] for call in calls}) == 3
    assert told["choices"][0]["finish_reason"] == "tool_calls"


def test_calls_without_ids_get_ours() -> None:
    without = [wire.call("getWeather", {"city": city}, None) for city in ("Пермь", "Омск")]
    calls = message(whole(wire.whole(wire.said(*without), reason="function_call")))["tool_calls"]
    assert len({call["id"] for call in calls}) == 2


def test_a_call_that_nobody_offered_is_dropped() -> None:
    parts = [{"text": "Сейчас."}, wire.call("rm", {}, None), THREE[0]]
    told = message(whole(wire.whole(wire.said(*parts), reason="function_call")))
    assert [call["function"]["name"] for call in told["tool_calls"]] == ["getWeather"]
    with pytest.raises(UpstreamProtocolError, match="not offered"):
        whole(wire.whole(wire.said(wire.call("rm", {})), reason="function_call"))


def test_who_wants_one_call_gets_the_first() -> None:
    done = wire.done(*THREE, reason="function_call")
    answers = whole(wire.whole(wire.said(*THREE)), one_call=True), streamed(done, 1, one_call=True)
    for told in answers:
        (call,) = message(told)["tool_calls"]
        assert json.loads(call["function"]["arguments"]) == {"city": "Пермь"}
        assert told["choices"][0]["finish_reason"] == "tool_calls"


def test_reasoning_is_a_message_of_its_own() -> None:
    thought = {"role": "reasoning", "content": [{"text": "Думаю."}]}
    answers = (
        whole(wire.whole(thought, wire.said({"text": "Да."}))),
        streamed(
            wire.delta({"text": "Думаю."}, role="reasoning")
            + wire.delta({"text": "Да."})
            + wire.done(),
            1,
        ),
    )
    for told in answers:
        assert message(told)["reasoning_content"] == "Думаю."
        assert message(told)["content"] == "Да."
    cut = whole(wire.whole(thought, reason="length"))
    assert cut["choices"][0]["finish_reason"] == "length"


AS_STRING = wire.head(messages=[{"role": "assistant", "content": "Привет 👋"}])
ODD = {
    "a BOM leads": b"\xef\xbb\xbf" + wire.TEXT,
    "[DONE] follows": wire.TEXT + b"data: [DONE]\n\n",
    "v1's frames": b"".join(
        wire.event("", {"choices": [choice], "object": "chat.completions"}).removeprefix(
            b"event: \n"
        )
        for choice in (
            {"delta": {"role": "assistant", "content": "При"}, "index": 0},
            {"delta": {"content": "вет 👋"}, "index": 0},
            {"delta": {"content": ""}, "index": 0, "finish_reason": "stop"},
        )
    )
    + b"data: [DONE]\n\n",
    "unknown events": wire.event("response.new.thing", wire.head(x=1)) + wire.TEXT,
    "content as a string": wire.event("response.message.delta", AS_STRING) + wire.done(),
    "progress again and again": wire.tool("in_progress", seconds_left=12) * 3 + wire.TEXT,
    "a mark that is none": wire.delta({"text": "Привет 👋"}) + wire.done(state=True),
}


@pytest.mark.parametrize("stream", ODD.values(), ids=ODD)
@pytest.mark.parametrize("size", [0, 1])
def test_odd_frames_survive(stream: bytes, size: int) -> None:
    assert message(streamed(stream, size))["content"] == "Привет 👋"


def test_a_surrogate_pair_cut_between_events_is_whole_again() -> None:
    halves = b"".join(
        b'event: response.message.delta\ndata: {"messages":[{"role":"assistant","content":'
        b'[{"text":"' + half + b'"}]}]}\n\n'
        for half in (rb"\ud83d", rb"\udc4b")
    )
    assert message(streamed(halves + wire.done(), 1))["content"] == "👋"
    half = halves[: len(halves) // 2]
    assert message(streamed(half + wire.done()))["content"] == "\ufffd"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a [sources=[9]]", "a"),
        ("a [sources=[x]]", "a [sources=[x]]"),
        ("a [source", "a [source"),
        ("[sources=[1]]", ""),
        ("list [1] and [sources", "list [1] and [sources"),
        ("a  [sources=[1]] b  ", "a b  "),
    ],
)
def test_marks_and_what_looks_like_them(text: str, plain: str) -> None:
    for size in (1, 2, len(text)):
        pieces = [wire.delta({"text": text[i : i + size]}) for i in range(0, len(text), size)]
        told = message(streamed(b"".join(pieces) + wire.done()))["content"]
        assert told == plain


@pytest.mark.parametrize(
    ("stream", "status"),
    [
        (wire.event("error", {"status_code": 500, "message": "oops"}), 500),
        (wire.event("error", {"status": 429, "message": "Too many"}), 429),
        (wire.event("response.error", {"error": {"status": 503, "message": "x"}}), 503),
        (wire.delta({"text": "a"}) + b'data: {"status_code":500,"message":"oops"}\n\n', 500),
        (wire.delta({"text": "a"}) + wire.done(reason="error"), 502),
        (wire.delta({"text": "a"}), 502),
        (b"", 502),
        (b"data: {\n\n", 502),
        (b"data: []\n\n", 502),
        (wire.event("response.message.delta", wire.head(messages=7)), 502),
    ],
)
def test_what_is_no_answer_is_an_error(stream: bytes, status: int) -> None:
    with pytest.raises(GigaGateError) as raised:
        streamed(stream + b"", 1) if stream else streamed(b"\n")
    assert raised.value.status == status
    assert isinstance(raised.value, UpstreamError)


@pytest.mark.parametrize(
    "answer", [{}, [], {"messages": []}, {"message": "no", "status": 500}, {"choices": [{}]}]
)
def test_a_whole_answer_of_another_form_is_an_error(answer: Any) -> None:
    with pytest.raises(UpstreamError):
        whole(answer)


def test_an_answer_without_usage_gets_an_estimate() -> None:
    report, collector = Report(), Collector()
    stream = ChatStream(collector, expected(prompt_characters=400), report)
    stream.feed(wire.delta({"text": "слово " * 10}) + wire.done(usage=None), [])
    assert report.usage == Usage(100, 15, 0)


def test_a_stop_sequence_cuts_the_stream() -> None:
    report, collector = Report(), Collector()
    stream = ChatStream(collector, expected(wording=Wording(stop=("STOP",))), report)
    stream.feed(wire.delta({"text": "да ST"}) + wire.delta({"text": "OP нет"}), [])
    assert (stream.ended, stream.cut, report.stop_sequence) == (True, True, "STOP")
    assert message(collector.completion(report.usage))["content"] == "да "


def test_a_picture_stands_where_it_was_made_and_once() -> None:
    file = {"files": [{"id": "f-1", "mime": "image/jpeg", "target": "image"}]}
    told = streamed(wire.delta(file) + wire.delta({"text": "Вот."}) + wire.done(file))
    assert message(told)["content"] == '<img src="f-1" fuse="true"/>Вот.'
