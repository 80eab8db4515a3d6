"""GigaChat's bytes, in any pieces, to events that fit Anthropic's own types."""

import pytest
from tests.support.anthropic_types import strict_events
from tests.support.gigachat_wire import DONE, USAGE, delta, text_stream

from gigagate.core.report import Report
from gigagate.dialects.anthropic.writer import MessageWriter
from gigagate.errors import GigaGateError
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.tools import ToolNames
from gigagate.gigachat.v1.stream import ChatStream

CALL = {"name": "Bash", "arguments": {"command": "echo «Привет» 🥛"}}
STREAMS = {
    "text": text_stream("Привет", ", ", "мир 🌍"),
    "cut by the limit": text_stream("Жил", "-был", finish="length"),
    "thinking, text and a call": delta("", role="assistant", reasoning_content="Хм")
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


def written(stream: bytes, size: int) -> bytes:
    writer = MessageWriter(request_id="ab", model="M", shows_thinking=True, estimate=lambda: 9)
    expected = Expected("abc123", "GigaChat-2-Max", 1, ToolNames({}))
    chat = ChatStream(writer, expected, Report())
    out: list[bytes] = []
    try:
        for start in range(0, len(stream), size):
            chat.feed(stream[start : start + size], out)
            if chat.ended:
                break
        else:
            chat.feed(b"", out)
    except GigaGateError as error:
        out.append(writer.broken(error))
    assert all(out)
    return b"".join(out)


@pytest.mark.parametrize("name", STREAMS)
def test_every_event_fits_however_the_bytes_are_cut(name: str) -> None:
    at_once = written(STREAMS[name], len(STREAMS[name]))
    assert strict_events(at_once)
    for size in (1, 2, 7):
        assert written(STREAMS[name], size) == at_once


def test_words_and_arguments_arrive_byte_for_byte() -> None:
    stream = written(STREAMS["thinking, text and a call"], 1)
    for text in ("Хм", "Смотрю.", "echo «Привет» 🥛"):
        assert text.encode() in stream
