"""GigaChat v2's whole answer -> the pivot's completion."""

from collections.abc import Mapping, Sequence
from typing import Any

from gigagate.core.logprobs import TokenLogprob
from gigagate.core.pivot import (
    Annotation,
    AnswerMessage,
    CallObject,
    Choice,
    Citation,
    Completion,
    Finish,
    ToolCall,
    ToolRun,
    Usage,
)
from gigagate.core.report import Report
from gigagate.errors import GigaGateError, InternalError
from gigagate.gigachat.errors import from_event, unexpected
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.v2.answer import AnswerTeller


def chat_completion(answer: object, expected: Expected, report: Report) -> Completion:
    """answer: the parsed body.  Raises UpstreamError."""
    if not isinstance(answer, dict):
        raise unexpected("an answer that is no JSON object")
    if isinstance(choices := answer.get("choices"), list) and choices:
        answer = {**answer, "messages": [_message(choices[0])], **_reason(choices[0])}
    if not isinstance(messages := answer.get("messages"), list) or not messages:
        if "message" in answer or "error" in answer:
            raise from_event(answer, expected.key_owner)
        raise unexpected("an answer without messages")
    if not any(isinstance(message, dict) for message in messages):
        raise unexpected("messages that are no objects")
    collector = Collector()
    machine, out = AnswerTeller(collector, expected, report), list[bytes]()
    machine.take(answer, out)
    machine.end(out)
    return collector.completion(report.usage)


class Collector:
    """A writer that keeps all it is told, of tools and of log probabilities too."""

    def __init__(self) -> None:
        self._model, self._created = "", 0
        self._texts: list[str] = []
        self._thoughts: list[str] = []
        self._calls: list[CallObject] = []
        self._runs: dict[int, ToolRun] = {}
        self._annotations: list[Annotation] = []
        self._logprobs: list[dict[str, Any]] = []
        self._reason: Finish = "stop"

    def start(self, model: str, created: int) -> bytes:
        self._model, self._created = model, created
        return b""

    def text(self, text: str) -> bytes:
        self._texts.append(text)
        return b""

    def reasoning(self, text: str) -> bytes:
        self._thoughts.append(text)
        return b""

    def tool_call(self, call: ToolCall, index: int) -> bytes:
        function = {"name": call.name, "arguments": call.arguments}
        self._calls.append({"id": call.id, "type": "function", "function": function})  # type: ignore[typeddict-item]
        return b""

    def tool_run(self, run: ToolRun) -> bytes:
        self._runs[run.number] = run
        return b""

    def cite(self, citations: Sequence[Citation]) -> bytes:
        self._annotations += [citation.as_object() for citation in citations]
        return b""

    def logprobs(self, tokens: Sequence[TokenLogprob]) -> bytes:
        self._logprobs += [token.as_object() for token in tokens]
        return b""

    def working(self) -> bytes:
        return b""

    def finish(self, reason: Finish, tokens: Usage | None) -> bytes:
        self._reason = reason
        return b""

    def broken(self, error: GigaGateError) -> bytes:
        raise InternalError

    def completion(self, tokens: Usage | None) -> Completion:
        text = "".join(self._texts)
        message: AnswerMessage = {"role": "assistant", "content": text, "refusal": None}
        if self._thoughts:
            message["reasoning_content"] = "".join(self._thoughts)
        if self._calls:
            message["content"] = text or None
            message["tool_calls"] = self._calls
        if self._annotations:
            message["annotations"] = self._annotations
        if self._runs:
            message["tool_runs"] = list(self._runs.values())
        choice: Choice = {
            "index": 0,
            "message": message,
            "logprobs": {"content": self._logprobs, "refusal": None} if self._logprobs else None,
            "finish_reason": self._reason,
        }
        completion: Completion = {
            "created": self._created,
            "model": self._model,
            "choices": [choice],
        }
        if tokens:
            completion["usage"] = tokens.as_object()
        return completion


def _message(choice: object) -> Any:
    return choice.get("message") if isinstance(choice, Mapping) else None


def _reason(choice: object) -> dict[str, Any]:
    return {"finish_reason": choice.get("finish_reason")} if isinstance(choice, Mapping) else {}
