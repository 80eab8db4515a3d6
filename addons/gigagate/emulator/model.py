"""The "model": what the emulator answers.  Deterministic; a script goes before the players.

A scripted answer is a string, or a mapping:
    {"text": "…", "reasoning_content": "…", "finish_reason": "length",
     "function_call": {"name": "f", "arguments": {…}},
     "usage": {"prompt_tokens": 17, "completion_tokens": 3, …}}      instead of the estimate
and for v2, "function_calls": […], "tools": ["web_search"], "sources": {"1": {"url", "title"}}.
"""

import dataclasses
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gigagate.emulator.config import ConfigError

CHARS_PER_TOKEN = 5
"""Recorded by /tokens/count: 10 and 11 characters are 2 tokens each."""


@dataclass(frozen=True, slots=True)
class FunctionCall:
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    text: str = ""
    function_call: FunctionCall | None = None
    reasoning_content: str | None = None
    finish_reason: str = ""
    """stop or function_call if not given; also length, blacklist, error."""
    functions_state_id: bool = False
    """A call always carries one; so does the answer of a builtin function."""

    usage: Mapping[str, int] | None = None

    function_calls: tuple[FunctionCall, ...] = ()
    """Several at once: of v2 only."""
    tools: tuple[str, ...] = ()
    """Builtin tools that run before the text: of v2 only."""
    sources: Mapping[str, Mapping[str, str]] | None = None
    """What a search has found, by number: {"1": {"url", "title"}}."""
    files: tuple[Mapping[str, str], ...] = ()
    """Made by a tool: {"id", "mime", "target"}."""

    @property
    def calls(self) -> tuple[FunctionCall, ...]:
        return self.function_calls or ((self.function_call,) if self.function_call else ())

    @property
    def searched(self) -> bool:
        return self.sources is not None

    @property
    def reason(self) -> str:
        return self.finish_reason or ("function_call" if self.calls else "stop")

    def cut(self, max_tokens: int) -> "Answer":
        """At most `max_tokens` of text; what is longer ends with finish_reason length."""
        if count_tokens(self.text) <= max_tokens:
            return self
        text = self.text[: max_tokens * CHARS_PER_TOKEN]
        return dataclasses.replace(self, text=text, finish_reason="length")


def count_tokens(text: str) -> int:
    """An estimate by characters, the same everywhere in the emulator."""
    return max(1, len(text) // CHARS_PER_TOKEN) if text else 0


def scripted(value: Any) -> Answer:
    """ConfigError when the value is not a string or a mapping of the form above."""
    if isinstance(value, Answer):
        return value
    if isinstance(value, str):
        return Answer(text=value)
    try:
        call = value.get("function_call")
        fields = {**value, "function_call": FunctionCall(**call) if call else None}
        fields["function_calls"] = tuple(
            FunctionCall(**one) for one in value.get("function_calls") or ()
        )
        for name in ("tools", "files"):
            fields[name] = tuple(value.get(name) or ())
        return Answer(**fields)
    except (AttributeError, TypeError) as error:
        raise ConfigError(f"Not a scripted answer: {error}") from None


class Script:
    """Answers to give before the players are asked; safe to fill from another thread."""

    def __init__(self, answers: Iterable[Any] = ()) -> None:
        self._answers = deque(scripted(a) for a in answers)
        self._lock = threading.Lock()

    def add(self, *answers: Any) -> None:
        parsed = [scripted(a) for a in answers]
        with self._lock:
            self._answers.extend(parsed)

    def next(self) -> Answer | None:
        with self._lock:
            return self._answers.popleft() if self._answers else None

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()
