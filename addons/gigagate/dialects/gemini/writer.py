"""An answer as Gemini's stream: pieces of one candidate, as events or as the items of an array.

Its readers take no comment, no name of an event and no end mark; blank lines are all that shows
them that a stream is alive.  The last call waits for the end, to come with the reason of it: an
empty piece behind a call makes some readers forget the turn.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from gigagate.core import compact_json
from gigagate.core.logprobs import TokenLogprob
from gigagate.core.pivot import Citation, Finish, ToolCall, ToolRun, Usage
from gigagate.dialects.gemini import candidate
from gigagate.dialects.gemini.errors import error_object
from gigagate.dialects.gemini.grounding import Grounding
from gigagate.errors import GigaGateError


class Form(NamedTuple):
    """How pieces become a stream."""

    media_type: str
    first: bytes
    next: bytes
    """What stands before a piece."""
    behind: bytes
    end: bytes
    alive: bytes


EVENTS = Form("text/event-stream", b"data: ", b"data: ", b"\n\n", b"", b"\n\n")
"""With ?alt=sse."""
ARRAY = Form("application/json", b"[", b",\r\n", b"", b"]", b"\n")
"""Without: one JSON array, written as it comes."""


class CandidateWriter:
    """Implements core.pivot.AnswerWriter, TellsTools and TellsLogprobs."""

    def __init__(self, form: Form, *, request_id: str, model: str, shows_thoughts: bool) -> None:
        """model: the client's name for it."""
        self._form = form
        self._request_id = request_id
        self._model = model
        self._shows_thoughts = shows_thoughts
        self._begun = self._malformed = False
        self._grounding = Grounding()
        self._logprobs: list[TokenLogprob] = []
        self._call: dict[str, Any] | None = None
        """The last one, which waits."""
        self._text = self._around({"text": ""})
        self._thought = self._around({"text": "", "thought": True})

    def start(self, model: str, created: int) -> bytes:
        return b""

    def text(self, text: str) -> bytes:
        before, after = self._text
        self._grounding.told(text)
        return self._called() + self._piece(before + compact_json.dumps(text) + after)

    def reasoning(self, text: str) -> bytes:
        if not self._shows_thoughts:
            return self._form.alive
        before, after = self._thought
        return self._called() + self._piece(before + compact_json.dumps(text) + after)

    def tool_call(self, call: ToolCall, index: int) -> bytes:
        before = self._called()
        self._call = candidate.call_part(call.id, call.name, call.arguments)
        self._malformed = self._malformed or self._call is None
        return before

    def tool_run(self, run: ToolRun) -> bytes:
        """Told at the end, with what is cited."""
        self._grounding.run(run)
        return self._form.alive

    def cite(self, citations: Sequence[Citation]) -> bytes:
        self._grounding.cite(citations)
        return b""

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        """Told at the end."""
        self._logprobs += tokens
        return b""

    def working(self) -> bytes:
        return self._form.alive

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        last = self._call or {"text": ""}
        finish = candidate.finish_reason(reason, malformed=self._malformed)
        more = self._grounding.metadata() | candidate.logprobs(self._logprobs)
        told = self._json([last], finish=finish, tokens=tokens, more=more)
        return self._piece(told) + self._form.end

    def broken(self, error: GigaGateError) -> bytes:
        return self._piece(compact_json.dumps(error_object(error))) + self._form.end

    def _called(self) -> bytes:
        if self._call is None:
            return b""
        call, self._call = self._call, None
        return self._piece(self._json([call]))

    def _piece(self, piece: bytes) -> bytes:
        before = self._form.next if self._begun else self._form.first
        self._begun = True
        return before + piece + self._form.behind

    def _json(self, parts: list[dict[str, Any]], **more: Any) -> bytes:
        told = candidate.answer(parts, request_id=self._request_id, model=self._model, **more)
        return compact_json.dumps(told)

    def _around(self, part: dict[str, Any]) -> tuple[bytes, bytes]:
        """What stands before and behind the text of a piece, the most frequent one."""
        before, _, after = self._json([part]).partition(b'"text":""')
        return before + b'"text":', after
