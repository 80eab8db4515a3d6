"""GigaChat's stream -> what a client's dialect writes of it, event by event.

GigaChat v1: `role` in the first delta, no `finish_reason` before the last event, usage in that
event, then [DONE].  How a function call is cut is not known, so the call and the end of the answer
are held back until [DONE] and written at once.  Bytes that end without it broke off, whatever came
before: an answer that may be cut must not look complete.
"""

from collections.abc import Mapping
from typing import Any

from gigagate.core import sse
from gigagate.core.pivot import AnswerWriter, Finish
from gigagate.core.report import Report
from gigagate.errors import TRY_AGAIN, UpstreamProtocolError
from gigagate.gigachat import answer_json
from gigagate.gigachat.errors import from_event, unexpected
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.function_call import FunctionCall
from gigagate.gigachat.v1 import plain_event
from gigagate.gigachat.v1.response import finish_reason, identity, last_words, usage
from gigagate.gigachat.words import AnswerWords, Piece


class ChatStream:
    def __init__(self, writer: AnswerWriter, expected: Expected, report: Report) -> None:
        self.ended = False
        """The client has its proper end."""
        self.cut = False
        """At a stop sequence: GigaChat has not ended."""
        self._writer = writer
        self._expected = expected
        self._report = report
        self._events = sse.Decoder()
        self._started = False
        self._passes = False
        """A plain text goes to the writer as it is."""
        self._call = FunctionCall()
        self._words = AnswerWords(expected.wording)
        self._finish_reason: object = None

    def feed(self, chunk: bytes, out: list[bytes]) -> None:
        """Appends to `out`, so that what came before a fault is not lost.  b"": the bytes end here.

        Raises UpstreamError.
        """
        for data in self._events.feed(chunk) if chunk else self._events.end():
            if self._passes and (text := plain_event.text_of(data)):
                self._words.characters += len(text)
                out.append(self._writer.text(text))
                continue
            self._event(data, out)
            if self.ended:
                return
            self._passes = self._started and self._words.pass_as_they_are
        if not chunk:
            raise UpstreamProtocolError(f"GigaChat's answer broke off before its end. {TRY_AGAIN}.")

    def _event(self, data: bytes, out: list[bytes]) -> None:
        if data == b"[DONE]":
            self._end(out)
            return
        event = answer_json.event(data)
        choices = event.get("choices")
        if not choices:
            self._event_without_choices(event)
            return
        if not isinstance(choices, list) or not isinstance(choice := choices[0], dict):
            raise unexpected("a stream event of an unknown shape", data)
        delta = choice.get("delta") or {}
        if not isinstance(delta, dict):
            raise unexpected("a stream event of an unknown shape", data)
        if delta.get("role") == "function_in_progress":
            if life := self._writer.working():
                out.append(life)
            return
        if not self._started:
            self._start(event, out)
        self._delta(delta, out)
        if self._words.stopped:
            self._cut(out)
            return
        if (reason := choice.get("finish_reason")) is not None:
            self._finish_reason = reason
        if "usage" in event:
            self._report.usage = usage(event["usage"]) or self._report.usage

    def _delta(self, delta: Mapping[str, Any], out: list[bytes]) -> None:
        if reasoning := delta.get("reasoning_content"):
            self._say(self._words.reasoning(_text(reasoning)), out)
        if content := delta.get("content"):
            self._say(self._words.content(_text(content)), out)
            if len(delta) == 1:
                return
        if (part := delta.get("function_call")) is not None:
            self._call.add(part)

    def _say(self, said: Piece, out: list[bytes]) -> None:
        if said.reasoning:
            out.append(self._writer.reasoning(said.reasoning))
        if said.text:
            out.append(self._writer.text(said.text))

    def _event_without_choices(self, event: Mapping[str, Any]) -> None:
        if "message" in event or "error" in event:
            raise from_event(event, self._expected.key_owner)
        self._report.usage = usage(event.get("usage")) or self._report.usage

    def _start(self, event: Mapping[str, Any], out: list[bytes]) -> None:
        self._started = True
        model, created = identity(event, self._expected)
        self._report.model_answered = model
        out.append(self._writer.start(model, created))

    def _end(self, out: list[bytes]) -> None:
        if not self._started:
            raise unexpected("an empty stream")
        reason = finish_reason(self._finish_reason, self._expected, called=self._call.begun)
        for said in last_words(self._words, self._call, self._finish_reason, self._expected):
            self._say(said, out)
        if self._call.begun and not self._expected.json_function:
            out.append(self._writer.tool_call(self._expected.tool_call(self._call), 0))
        self._finish("stop" if self._words.stopped else reason, out)

    def _cut(self, out: list[bytes]) -> None:
        self.cut = True
        self._report.usage = self._expected.estimated_usage(self._words)
        self._finish("stop", out)

    def _finish(self, reason: Finish, out: list[bytes]) -> None:
        self._report.stop_sequence = self._words.stop_sequence
        out.append(self._writer.finish(reason, self._report.usage))
        self._report.finish_reason = reason
        self.ended = True


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise unexpected("content that is no text")
    return value
