"""An answer as OpenAI's stream of chat.completion.chunk objects.

A text chunk is by far the most frequent thing we write, so all of it but the text is made once.
"""

from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json, sse
from gigagate.core.report import Usage
from gigagate.gigachat.v1.function_call import ToolCall
from gigagate.gigachat.v1.response import openai_usage

DONE = sse.event(b"[DONE]")


class ChunkWriter:
    """Implements gigachat.stream.ChunkWriter."""

    def __init__(self, completion_id: str, *, include_usage: bool, legacy_functions: bool) -> None:
        """include_usage: the client asked for it in `stream_options`.
        legacy_functions: a call is `function_call`, not `tool_calls`."""
        self._id = completion_id
        self._include_usage = include_usage
        self._legacy_functions = legacy_functions
        self._head: dict[str, Any] = {}
        self._before_text = self._after_text = b""

    def start(self, model: str, created: int) -> bytes:
        self._head = {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
        }
        empty = self._chunk({"content": ""})
        self._before_text, _, self._after_text = empty.rpartition(b'""')
        return self._chunk({"role": "assistant", "content": ""})

    def text(self, text: str) -> bytes:
        return self._before_text + compact_json.dumps(text) + self._after_text

    def reasoning(self, text: str) -> bytes:
        return self._chunk({"reasoning_content": text})

    def tool_call(self, call: ToolCall) -> bytes:
        function = {"name": call.name, "arguments": call.arguments}
        if self._legacy_functions:
            return self._chunk({"function_call": function})
        tool_call = {"index": 0, "id": call.id, "type": "function", "function": function}
        return self._chunk({"tool_calls": [tool_call]})

    def finish(self, reason: str, tokens: Usage | None) -> bytes:
        end = self._chunk({}, reason)
        if self._include_usage and tokens:
            usage = {"choices": [], "usage": openai_usage(tokens)}
            end += sse.event(compact_json.dumps(self._head | usage))
        return end + DONE

    def whole(self, completion: Mapping[str, Any], tokens: Usage | None) -> bytes:
        """The stream for a chat completion that came in one piece."""
        choice = completion["choices"][0]
        delta = {
            name: value
            for name, value in choice["message"].items()
            if name not in ("role", "refusal") and value
        }
        if tool_calls := delta.get("tool_calls"):
            delta["tool_calls"] = [{"index": 0, **tool_calls[0]}]
        start = self.start(completion["model"], completion["created"])
        said = self._chunk(delta) if delta else b""
        return start + said + self.finish(choice["finish_reason"], tokens)

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        chunk = self._head | {"choices": [choice]}
        if self._include_usage:
            chunk["usage"] = None
        return sse.event(compact_json.dumps(chunk))
