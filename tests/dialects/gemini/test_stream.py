"""GigaChat's bytes, in any pieces, to a stream that fits Google's own types, in both its forms."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.gigachat_wire import DONE, USAGE, completion, delta, text_stream
from tests.support.google_types import strict_array, strict_events

from gigagate.core.http import ClientRequest
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.dialects.gemini.writer import ARRAY, EVENTS, CandidateWriter, Form
from gigagate.errors import GigaGateError
from gigagate.exchange import Exchange
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.response import Expected
from gigagate.gigachat.v1.stream import ChatStream

CALL = {"name": "Bash", "arguments": {"command": "echo «Привет» 🥛"}}
STREAMS = {
    "text": text_stream("Привет", ", ", "мир 🌍"),
    "nothing": text_stream(""),
    "cut by the limit": text_stream("Жил", "-был", finish="length"),
    "thoughts, text and a call": delta("", role="assistant", reasoning_content="Хм")
    + delta("", reasoning_content=" так")
    + delta("Смотрю.")
    + delta("", function_call=CALL, finish="function_call", usage=USAGE)
    + DONE,
    "GigaChat's own function": delta(role="function_in_progress")
    + text_stream("Вот", finish="stop"),
    "an error midway": delta("Жил", role="assistant") + b'data: {"status":500,"message":"x"}\n\n',
    "an error at once": b'data: {"status":429,"message":"busy"}\n\n',
    "broken off": delta("Жил", role="assistant"),
}
FORMS: list[tuple[Form, Callable[[bytes], list[dict[str, Any]]]]] = [
    (EVENTS, strict_events),
    (ARRAY, strict_array),
]


def written(stream: bytes, size: int, form: Form, *, shows_thoughts: bool = True) -> bytes:
    writer = CandidateWriter(form, request_id="ab", model="M", shows_thoughts=shows_thoughts)
    chat = ChatStream(writer, Expected("abc123", "GigaChat-2-Max", 1, ToolNames({})), Report())
    out: list[bytes] = []
    try:
        for start in range(0, len(stream), size):
            chat.feed(stream[start : start + size], out)
            out.append(writer.working())
            if chat.ended:
                return b"".join(out[:-1])
        chat.feed(b"", out)
    except GigaGateError as error:
        out.append(writer.broken(error))
    return b"".join(out)


@pytest.mark.parametrize(("form", "strict"), FORMS, ids=["events", "array"])
@pytest.mark.parametrize("name", STREAMS)
def test_every_piece_fits_however_the_bytes_are_cut(
    name: str, form: Form, strict: Callable[[bytes], list[dict[str, Any]]]
) -> None:
    at_once = strict(written(STREAMS[name], len(STREAMS[name]), form))
    for size in (1, 2, 7):
        assert strict(written(STREAMS[name], size, form)) == at_once


def test_words_and_arguments_arrive_byte_for_byte() -> None:
    stream = written(STREAMS["thoughts, text and a call"], 1, EVENTS)
    for text in ("Хм", "Смотрю.", "echo «Привет» 🥛"):
        assert text.encode() in stream


def test_thoughts_are_for_those_alone_who_asked() -> None:
    stream = STREAMS["thoughts, text and a call"]
    told = strict_events(written(stream, 1, EVENTS, shows_thoughts=False))
    parts = [part for one in told for part in one["candidates"][0]["content"]["parts"]]
    assert [next(iter(part)) for part in parts] == ["text", "functionCall"]
    assert not any("thought" in part for part in parts)


@pytest.mark.parametrize(
    ("query", "media_type", "strict"),
    [
        ("?alt=sse", "text/event-stream", strict_events),
        ("?key=[hidden]&$alt=sse", "text/event-stream", strict_events),
        ("?alt=json", "application/json", strict_array),
        ("", "application/json", strict_array),
    ],
)
def test_a_whole_answer_to_who_wants_a_stream_is_one(
    query: str, media_type: str, strict: Callable[[bytes], list[dict[str, Any]]]
) -> None:
    path = f"/v1beta/models/gemini-pro:streamGenerateContent{query}"
    request = ClientRequest("POST", path, {}, b'{"contents":[{"parts":[{"text":"x"}]}]}')
    asking = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    asking.upstream_request()
    assert asking.wants_stream
    assert asking.stream_headers()["content-type"] == media_type
    answer = asking.answer(200, {}, json.dumps(completion("Привет")).encode())
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-accel-buffering"] == "no"
    said, last = strict(answer.body)
    assert said["candidates"][0]["content"]["parts"] == [{"text": "Привет"}]
    assert last["candidates"][0]["finishReason"] == "STOP"
