"""GigaChat v2's stream: events with names, of which response.message.done is the last.

No [DONE] was ever recorded, but one is told of; whichever comes first ends the answer.  Bytes that
end without either broke off.  Frames of v1's form, which a host of June 2026 sent, are read too.
"""

from collections.abc import Mapping
from typing import Any

from gigagate.core import sse
from gigagate.core.pivot import AnswerWriter
from gigagate.core.report import Report
from gigagate.errors import TRY_AGAIN, UpstreamProtocolError
from gigagate.gigachat import answer_json
from gigagate.gigachat.errors import from_event, unexpected
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.v2.answer import AnswerTeller

DONE = "response.message.done"
_ERRORS = ("error", "response.error")
_BOM = b"\xef\xbb\xbf"


class ChatStream:
    """Implements core.pivot.AnswerStream."""

    def __init__(self, writer: AnswerWriter, expected: Expected, report: Report) -> None:
        self.ended = False
        self.cut = False
        self._writer = writer
        self._key_owner = expected.key_owner
        self._answer = AnswerTeller(writer, expected, report)
        self._events = sse.Decoder()
        self._beginning: bytes | None = b""
        """The first bytes, until it is known whether a BOM is among them."""
        self._finished = False
        """A reason to end has come, in a form that [DONE] follows."""

    def feed(self, chunk: bytes, out: list[bytes]) -> None:
        """Appends to `out`, so that what came before a fault is not lost.  b"": the bytes end here.

        Raises UpstreamError.
        """
        for data in self._events.feed(self._plain(chunk)) if chunk else self._events.end():
            self._event(data, out)
            if self.ended:
                return
        if not chunk:
            if self._finished:
                self._end(out)
                return
            raise UpstreamProtocolError(f"GigaChat's answer broke off before its end. {TRY_AGAIN}.")

    def _plain(self, chunk: bytes) -> bytes:
        if self._beginning is None:
            return chunk
        begun = self._beginning + chunk
        if len(begun) < len(_BOM) and _BOM.startswith(begun):
            self._beginning = begun
            return b""
        self._beginning = None
        return begun.removeprefix(_BOM)

    def _event(self, data: bytes, out: list[bytes]) -> None:
        if data == b"[DONE]":
            self._end(out)
            return
        if not data.strip():
            return
        event = answer_json.event(data)
        if self._events.name in _ERRORS or "error" in event:
            raise from_event(event, self._key_owner)
        if "messages" not in event and "choices" not in event and "message" in event:
            raise from_event(event, self._key_owner)
        if choices := event.get("choices"):
            event = _of_choice(event, choices)
        self._answer.take(event, out)
        if self._answer.stopped:
            self.cut = self.ended = True
            self._answer.cut(out)
        elif self._events.name == DONE:
            self._end(out)
        elif event.get("finish_reason"):
            self._finished = True
        elif not out and self._events.name.endswith((".in_progress", ".started")):
            out += filter(None, [self._writer.working()])

    def _end(self, out: list[bytes]) -> None:
        if not self._answer.started and not self._finished and self._events.name != DONE:
            raise unexpected("an empty stream")
        self._answer.end(out)
        self.ended = True


def _of_choice(event: Mapping[str, Any], choices: object) -> dict[str, Any]:
    """v1's frame in v2's words."""
    if not isinstance(choices, list) or not isinstance(choice := choices[0], dict):
        raise unexpected("a stream event of an unknown shape")
    said = choice.get("delta") or choice.get("message") or {}
    if not isinstance(said, dict):
        raise unexpected("a stream event of an unknown shape")
    return {**event, "messages": [said], "finish_reason": choice.get("finish_reason")}
