"""An answer as Anthropic's stream of events: block after block, each closed before the next.

A piece of text is by far the most frequent, so all of it but the text is made once a block.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from gigagate.core import compact_json
from gigagate.core.pivot import Citation, Finish, ToolCall, ToolRun, Usage
from gigagate.dialects.anthropic import errors, message, own_tools
from gigagate.errors import GigaGateError

_Open = Literal["", "text", "thinking"]


def event(kind: str, **fields: object) -> bytes:
    data = compact_json.dumps({"type": kind, **fields})
    return b"event: " + kind.encode() + b"\ndata: " + data + b"\n\n"


PING = event("ping")


class MessageWriter:
    """Implements core.pivot.AnswerWriter and TellsTools."""

    def __init__(
        self,
        *,
        request_id: str,
        model: str,
        shows_thinking: bool,
        estimate: Callable[[], int],
        stop_sequence: Callable[[], str | None] = lambda: None,
    ) -> None:
        """model: the client's name for it.  estimate: of the prompt's tokens, which GigaChat tells
        at the end only.  stop_sequence: at which the answer was cut, known when it ends."""
        self._request_id = request_id
        self._model = model
        self._shows_thinking = shows_thinking
        self._estimate = estimate
        self._stop_sequence = stop_sequence
        self._open: _Open = ""
        self._index = -1
        """The index of the last block."""
        self._runs: set[int] = set()
        """Searches that are told."""
        self._before = self._after = b""

    def start(self, model: str, created: int) -> bytes:
        tokens = message.usage(Usage(self._estimate(), 1, 0))
        begun = message.empty(self._request_id, self._model, tokens)
        return event("message_start", message=begun)

    def text(self, text: str) -> bytes:
        opening = b"" if self._open == "text" else self._begin("text", {"text": ""})
        return opening + self._before + compact_json.dumps(text) + self._after

    def reasoning(self, text: str) -> bytes:
        if not self._shows_thinking:
            return PING
        empty = {"thinking": "", "signature": ""}
        opening = b"" if self._open == "thinking" else self._begin("thinking", empty)
        return opening + self._before + compact_json.dumps(text) + self._after

    def tool_call(self, call: ToolCall, index: int = 0) -> bytes:
        block = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        written = compact_json.dumps(message.arguments(call.arguments)).decode()
        return self._block(block, {"type": "input_json_delta", "partial_json": written})

    def tool_run(self, run: ToolRun) -> bytes:
        if not own_tools.is_told(run):
            return PING
        begun = b"" if run.number in self._runs else self._search(run)
        self._runs.add(run.number)
        if run.status == "in_progress":
            return begun or PING
        return begun + self._block(own_tools.result(run, self._request_id))

    def cite(self, citations: Sequence[Citation]) -> bytes:
        """The block ends here: its citations are of all its text."""
        pieces = [b"" if self._open == "text" else self._begin("text", {"text": ""})]
        for one in citations:
            delta = {"type": "citations_delta", "citation": own_tools.citation(one)}
            pieces.append(event("content_block_delta", index=self._index, delta=delta))
        return b"".join((*pieces, self._close()))

    def working(self) -> bytes:
        return PING

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        delta = message.ending(reason, self._stop_sequence())
        usage = message.usage(tokens) | message.searches(len(self._runs))
        return (
            self._close() + event("message_delta", delta=delta, usage=usage) + event("message_stop")
        )

    def broken(self, error: GigaGateError) -> bytes:
        return event("error", error=errors.detail(error), request_id=f"req_{self._request_id}")

    def _search(self, run: ToolRun) -> bytes:
        used = own_tools.use(run, self._request_id)
        written = compact_json.dumps(used["input"]).decode()
        delta = {"type": "input_json_delta", "partial_json": written}
        return self._block(used | {"input": {}}, delta)

    def _block(self, block: dict[str, Any], delta: dict[str, Any] | None = None) -> bytes:
        """A whole one."""
        closing = self._close()
        self._index += 1
        pieces = [closing, event("content_block_start", index=self._index, content_block=block)]
        if delta:
            pieces.append(event("content_block_delta", index=self._index, delta=delta))
        return b"".join((*pieces, event("content_block_stop", index=self._index)))

    def _begin(self, kind: Literal["text", "thinking"], empty: dict[str, Any]) -> bytes:
        closing = self._close()
        self._open = kind
        self._index += 1
        delta = event(
            "content_block_delta", index=self._index, delta={"type": f"{kind}_delta", kind: ""}
        )
        self._before, _, self._after = delta.rpartition(b'""')
        block = {"type": kind, **empty}
        return closing + event("content_block_start", index=self._index, content_block=block)

    def _close(self) -> bytes:
        if not self._open:
            return b""
        signed = b""
        if self._open == "thinking":
            delta = {"type": "signature_delta", "signature": message.SIGNATURE}
            signed = event("content_block_delta", index=self._index, delta=delta)
        self._open = ""
        return signed + event("content_block_stop", index=self._index)
