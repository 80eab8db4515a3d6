"""The forms of a chat completion, whole and streamed, byte for byte as recorded from GigaChat v1.

No id; content before role; the key finish_reason absent until the last chunk, which carries the
usage; object "chat.completion" in streams too; GigaChat-3-Ultra says "chat.completions".
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.model import Answer, FunctionCall, count_tokens
from gigagate.emulator.models import versioned
from gigagate.emulator.reply import EVENT_STREAM, Reply, compact, ok

_ARGUMENT_PIECES = 3


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer with all that its form needs."""

    answer: Answer
    model: str
    created: int
    """Unix seconds; the same in every chunk."""
    prompt_tokens: int
    """Tokens of the whole prompt; GigaChat tells those that were not cached."""
    cached_tokens: int
    functions_state_id: str

    @property
    def usage(self) -> Mapping[str, int]:
        if self.answer.usage is not None:
            return self.answer.usage
        call = self.answer.function_call
        spoken = self.answer.text + (_arguments_text(call) if call else "")
        completion = count_tokens(spoken)
        return {
            "prompt_tokens": self.prompt_tokens - self.cached_tokens,
            "completion_tokens": completion,
            "total_tokens": self.prompt_tokens - self.cached_tokens + completion,
            "precached_prompt_tokens": self.cached_tokens,
        }

    @property
    def _state(self) -> dict[str, str]:
        wanted = self.answer.function_call or self.answer.functions_state_id
        return {"functions_state_id": self.functions_state_id} if wanted else {}

    def whole(self) -> Reply:
        answer, call = self.answer, self.answer.function_call
        message: dict[str, Any] = {"content": answer.text, "role": "assistant"}
        if answer.reasoning_content is not None:
            message["reasoning_content"] = answer.reasoning_content
        if call:
            message["function_call"] = {"name": call.name, "arguments": call.arguments}
        choice = {"message": message | self._state, "index": 0, "finish_reason": answer.reason}
        return ok(self._framed(choice) | {"usage": self.usage})

    def stream(self, config: EmulatorConfig) -> Reply:
        return Reply(200, (("Content-Type", EVENT_STREAM),), events=self._events(config))

    async def _events(self, config: EmulatorConfig) -> AsyncGenerator[bytes]:
        for number, chunk in enumerate(self._chunks(config)):
            if number and config.chunk_delay:
                await asyncio.sleep(config.chunk_delay)
            yield b"data: " + compact(chunk) + b"\n\n"
        yield b"data: [DONE]\n\n" if config.stream_end == "two_newlines" else b"data: [DONE]\n"

    def _chunks(self, config: EmulatorConfig) -> Iterator[dict[str, Any]]:
        deltas = list(self._deltas(config))
        deltas[0] = {"content": "", "role": "assistant"} | deltas[0]
        call = self.answer.function_call
        with_finish = call is not None and config.stream_call_finish == "with"
        last = deltas.pop() if with_finish else {"content": ""}
        for delta in deltas:
            yield self._framed({"delta": delta, "index": 0})
        choice: dict[str, Any] = {"delta": last, "index": 0}
        if not (call and config.stream_call_finish == "missing"):
            choice["finish_reason"] = self.answer.reason
        final = self._framed(choice)
        if config.stream_usage == "with_finish":
            yield final | {"usage": self.usage}
            return
        yield final
        if config.stream_usage == "own_event":
            yield self._framed({"delta": {"content": ""}, "index": 0}) | {"usage": self.usage}

    def _deltas(self, config: EmulatorConfig) -> Iterator[dict[str, Any]]:
        answer = self.answer
        for piece in _cut(answer.reasoning_content or "", config.chunk_chars):
            yield {"content": "", "reasoning_content": piece}
        for piece in _cut(answer.text, config.chunk_chars):
            yield {"content": piece} | ({} if answer.function_call else self._state)
        if answer.function_call:
            yield from self._call_deltas(answer.function_call, config)
        elif not answer.text:
            yield {"content": ""}

    def _call_deltas(self, call: FunctionCall, config: EmulatorConfig) -> Iterator[dict[str, Any]]:
        if config.stream_call == "object":
            pieces: list[Any] = [call.arguments]
        else:
            text = _arguments_text(call)
            count = _ARGUMENT_PIECES if config.stream_call == "pieces" else 1
            pieces = list(_cut(text, -(-len(text) // count)))
        for number, piece in enumerate(pieces):
            name = {} if number else {"name": call.name}
            delta = {"content": "", "function_call": name | {"arguments": piece}}
            yield delta if number else delta | self._state

    def _framed(self, choice: dict[str, Any]) -> dict[str, Any]:
        ultra = self.model.startswith("GigaChat-3-Ultra")
        return {
            "choices": [choice],
            "created": self.created,
            "model": versioned(self.model),
            "object": "chat.completions" if ultra else "chat.completion",
        }


def _arguments_text(call: FunctionCall) -> str:
    return json.dumps(call.arguments, ensure_ascii=False, separators=(",", ":"))


def _cut(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), max(size, 1)):
        yield text[start : start + size]
