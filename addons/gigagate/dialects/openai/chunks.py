"""An answer as OpenAI's stream of chat.completion.chunk objects.

A text chunk is by far the most frequent thing we write, so all of it but the text is made once.
"""

from collections.abc import Sequence
from typing import Any

from gigagate.core import compact_json, sse
from gigagate.core.logprobs import TokenLogprob
from gigagate.core.pivot import Citation, Finish, ToolCall, ToolRun, Usage
from gigagate.dialects.openai import envelope
from gigagate.dialects.openai.source_links import SourceLinks
from gigagate.errors import GigaGateError

DONE = sse.event(b"[DONE]")


class ChunkWriter:
    """Implements core.pivot.AnswerWriter, TellsTools and TellsLogprobs."""

    def __init__(
        self,
        completion_id: str,
        *,
        model: str,
        created: int,
        include_usage: bool,
        legacy_functions: bool,
        source_links: bool = False,
    ) -> None:
        """model, created: until the answer tells its own.
        include_usage: the client asked for it in `stream_options`.
        legacy_functions: a call is `function_call`, not `tool_calls`.
        source_links: sources are linked in the text too."""
        self._include_usage = include_usage
        self._legacy_functions = legacy_functions
        self._head: dict[str, Any] = {
            "id": completion_id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
        }
        self._links = SourceLinks() if source_links else None
        self._before_text = self._after_text = b""

    def start(self, model: str, created: int) -> bytes:
        self._head |= {"created": created, "model": model}
        empty = self._chunk({"content": ""})
        self._before_text, _, self._after_text = empty.rpartition(b'""')
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, text: str) -> bytes:
        return self._before_text + compact_json.dumps(text) + self._after_text

    def reasoning(self, text: str) -> bytes:
        return self._chunk({"reasoning_content": text})

    def tool_call(self, call: ToolCall, index: int) -> bytes:
        function = {"name": call.name, "arguments": call.arguments}
        if self._legacy_functions:  # it has room for one
            return b"" if index else self._chunk({"function_call": function})
        before = self._rest_of_links()
        tool_call = {"index": index, "id": call.id, "type": "function", "function": function}
        return before + self._chunk({"tool_calls": [tool_call]})

    def tool_run(self, run: ToolRun) -> bytes:
        """Chunks have no form for it."""
        return self.working() if run.status == "in_progress" else b""

    def cite(self, citations: Sequence[Citation]) -> bytes:
        marks = b""
        if self._links is not None:
            text, citations = self._links.mark(citations)
            marks = self.text(text)
        return marks + self._chunk({"annotations": [one.as_object() for one in citations]})

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        told = {"content": [token.as_object() for token in tokens], "refusal": None}
        return self._chunk({"content": ""}, logprobs=told)

    def working(self) -> bytes:
        """An empty delta: some readers take a comment for an event, and end there."""
        return self._chunk({})

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        legacy = self._legacy_functions and reason == "tool_calls"
        end = self._rest_of_links() + self._chunk({}, "function_call" if legacy else reason)
        if self._include_usage and tokens:
            usage = {"choices": [], "usage": tokens.as_object()}
            end += sse.event(compact_json.dumps(self._head | usage))
        return end + DONE

    def broken(self, error: GigaGateError) -> bytes:
        return envelope.last_event(error)

    def _rest_of_links(self) -> bytes:
        rest = self._links.rest() if self._links is not None else ""
        return self.text(rest) if rest else b""

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, **more, "finish_reason": finish_reason}
        chunk = self._head | {"choices": [choice]}
        if self._include_usage:
            chunk["usage"] = None
        return sse.event(compact_json.dumps(chunk))
