"""The forms of GigaChat v2's answers, whole and streamed, as recorded on the public host.

Events have names and there is no [DONE].  A call comes whole in the last event; sources come before
the text in a stream, and beside it in a whole answer.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gigagate.emulator import v2_logprobs
from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.model import Answer, count_tokens
from gigagate.emulator.models import versioned
from gigagate.emulator.reply import EVENT_STREAM, Reply, compact, ok

DONE_EVENT = b"event: response.message.done\n"


@dataclass(frozen=True, slots=True)
class Completion:
    answer: Answer
    model: str
    created: int
    """Unix seconds."""
    prompt_tokens: int
    cached_tokens: int
    config: EmulatorConfig
    top_logprobs: int = 0
    """0: no log probabilities."""

    def whole(self) -> Reply:
        parts = self._calls()
        if self.answer.text:
            text: dict[str, Any] = {"text": self.answer.text, **self._likely("part")}
            parts.insert(0, text | self._sources())
        if self.answer.files:
            parts.insert(0, {"files": [dict(file) for file in self.answer.files]})
        messages = [self._message(*parts, state=bool(self._calls() or self.answer.searched))]
        if self.answer.reasoning_content:
            thought = [{"text": self.answer.reasoning_content}]
            messages.insert(0, {"role": "reasoning", "content": thought})
        messages[-1] |= self._likely("message")
        framed = self._framed(messages) | self._likely("answer")
        return ok(framed | {"finish_reason": self.answer.reason, "usage": self._usage})

    def stream(self) -> Reply:
        return Reply(200, (("Content-Type", EVENT_STREAM),), events=self._events())

    async def _events(self) -> AsyncGenerator[bytes]:
        for number, event in enumerate(self._all()):
            if number and self.config.chunk_delay:
                await asyncio.sleep(self.config.chunk_delay)
            yield event

    def _all(self) -> Iterator[bytes]:
        answer, size = self.answer, self.config.chunk_chars
        for thought in _cut(answer.reasoning_content or "", size):
            yield self._delta({"text": thought}, role="reasoning")
        for tool in answer.tools:
            yield self._tool("in_progress", {"id": "", "name": tool})
            yield self._tool("completed", {"id": "", "name": tool, "status": "success"})
        if answer.searched:
            yield self._delta(self._sources())
        if answer.files:
            yield self._delta({"files": [dict(file) for file in answer.files]})
        for text in _cut(answer.text, size):
            yield self._said(text)
        calls = self._calls()
        if self.config.v2_stream_call == "delta":
            for call in calls:
                yield self._delta(call)
        done: dict[str, Any] = self._framed([])
        del done["messages"]
        if calls and self.config.v2_stream_call == "done":
            done["messages"] = [self._message(*calls, state=True)]
        elif answer.searched or answer.tools:
            done["messages"] = [self._message(state=True)]
        done["finish_reason"] = answer.reason
        if self.config.v2_usage == "done":
            done["usage"] = self._usage
        yield DONE_EVENT + b"data: " + compact(done) + b"\n\n"
        if self.config.v2_done_mark == "sent":
            yield b"data: [DONE]\n\n"

    def _tool(self, state: str, execution: dict[str, Any]) -> bytes:
        message = self._message({"tool_execution": execution})
        return _named(f"response.tool.{state}", self._framed([message]))

    def _said(self, text: str) -> bytes:
        message = self._message({"text": text, **self._likely("part", text)})
        framed = self._framed([message | self._likely("message", text)])
        return _named("response.message.delta", framed | self._likely("answer", text))

    def _likely(self, place: str, text: str | None = None) -> dict[str, Any]:
        """text: a piece of the answer's; None for all of it."""
        if not self.top_logprobs or place != self.config.v2_logprobs:
            return {}
        told = self.answer.text if text is None else text
        return {"logprobs": v2_logprobs.of(told, self.top_logprobs)}

    def _delta(self, part: Mapping[str, Any], role: str = "assistant") -> bytes:
        return _named("response.message.delta", self._framed([self._message(part, role=role)]))

    def _message(
        self, *parts: Mapping[str, Any], role: str = "assistant", state: bool = False
    ) -> dict[str, Any]:
        told: dict[str, Any] = {"role": role}
        if state:
            told[self.config.v2_state_id] = str(uuid.uuid4())
        if self.config.v2_thread_id == "sent":
            told |= {"thread_id": str(uuid.uuid4()), "message_id": str(uuid.uuid4())}
        return told | ({"content": [dict(part) for part in parts]} if parts else {})

    def _calls(self) -> list[dict[str, Any]]:
        named = self.config.v2_call_ids == "always"
        return [
            {
                "function_call": ({"id": str(uuid.uuid4())} if named else {})
                | {"name": call.name, "arguments": dict(call.arguments)}
            }
            for call in self.answer.calls
        ]

    def _sources(self) -> dict[str, Any]:
        if not self.answer.searched:
            return {}
        sources = {number: dict(page) for number, page in (self.answer.sources or {}).items()}
        return {"inline_data": {"images": [], "sources": sources}}

    def _framed(self, messages: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "model": versioned(self.model),
            "created_at": self.created,
            "messages": messages,
        }

    @property
    def _usage(self) -> dict[str, Any]:
        arguments = [json.dumps(dict(call.arguments)) for call in self.answer.calls]
        spoken = count_tokens(self.answer.text + "".join(arguments))
        prompt = self.prompt_tokens - self.cached_tokens
        return {
            "input_tokens": prompt,
            "input_tokens_details": {"prompt_tokens": prompt, "cached_tokens": self.cached_tokens},
            "output_tokens": spoken,
            "total_tokens": prompt + spoken,
        }


def _named(name: str, value: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + compact(value) + b"\n\n"


def _cut(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), max(size, 1)):
        yield text[start : start + size]
