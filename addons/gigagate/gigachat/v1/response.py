"""GigaChat's whole answer -> the pivot's completion.

GigaChat v1 gives no id, `arguments` as an object, a single `function_call`, and calls the
object "chat.completion" or, seen once, "chat.completions".
"""

from collections.abc import Mapping
from typing import Any

from gigagate.core.pivot import (
    AnswerMessage,
    CalledFunction,
    CallObject,
    Choice,
    Completion,
    Finish,
    ToolCall,
    Usage,
)
from gigagate.core.report import Report
from gigagate.errors import TRY_AGAIN, UpstreamError
from gigagate.gigachat.errors import from_event, unexpected
from gigagate.gigachat.expected import Expected
from gigagate.gigachat.function_call import FunctionCall
from gigagate.gigachat.usage import count
from gigagate.gigachat.words import AnswerWords, Piece

FINISH_REASONS: Mapping[str, Finish] = {
    "stop": "stop",
    "length": "length",
    "blacklist": "content_filter",
}
"""GigaChat's finish_reason -> OpenAI's, for an answer in words.  "error" is none: it failed."""


def chat_completion(answer: object, expected: Expected, report: Report) -> Completion:
    """answer: GigaChat v1's parsed body.  Raises UpstreamError."""
    if not isinstance(answer, dict):
        raise unexpected("an answer that is no JSON object")
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices:
        if "message" in answer or "error" in answer:
            raise from_event(answer, expected.key_owner)
        raise unexpected("an answer without choices")
    model, created = identity(answer, expected)
    report.model_answered = model
    report.usage = usage(answer.get("usage"))
    completion: Completion = {
        "created": created,
        "model": model,
        "choices": [
            _choice(index, choice, expected, report) for index, choice in enumerate(choices)
        ],
    }
    if report.usage:
        completion["usage"] = report.usage.as_object()
    report.finish_reason = completion["choices"][0]["finish_reason"]
    return completion


def identity(answer: Mapping[str, Any], expected: Expected) -> tuple[str, int]:
    """The model that really answered, and when, in unix seconds."""
    model, created = answer.get("model"), answer.get("created")
    return (
        model if isinstance(model, str) and model else expected.model,
        created if type(created) is int else expected.now,
    )


def finish_reason(said: object, expected: Expected, *, called: bool) -> Finish:
    """In OpenAI's words.  called: the answer holds a function call.  Raises UpstreamError.

    A call counts as one even if GigaChat gives no reason for it, or another; only a call cut
    off by the token limit does not.
    """
    if said == "error":
        raise UpstreamError(
            'GigaChat did not manage to write a valid function call (finish_reason "error"). '
            f"{TRY_AGAIN}, or give the function fewer and simpler parameters.",
            code="generation_failed",
        )
    if called and said != "length":
        if expected.json_function:
            return "stop"
        return "tool_calls"
    if said == "function_call":
        raise unexpected("the end of a function call, but no function call")
    return FINISH_REASONS.get(said, "stop") if isinstance(said, str) else "stop"


def usage(said: object) -> Usage | None:
    """GigaChat's prompt_tokens are without the cached ones, OpenAI's are with them."""
    if not isinstance(said, dict):
        return None
    cached = count(said.get("precached_prompt_tokens"))
    prompt = count(said.get("prompt_tokens")) + cached
    return Usage(prompt, count(said.get("completion_tokens")), cached)


def _choice(index: int, choice: object, expected: Expected, report: Report) -> Choice:
    if not isinstance(choice, dict) or not isinstance(said := choice.get("message"), dict):
        raise unexpected("a choice without a message")
    words, call = AnswerWords(expected.wording), FunctionCall()
    spoken = [
        words.reasoning(_text(said.get("reasoning_content"))),
        words.content(_text(said.get("content"))),
    ]
    if not words.stopped and (function_call := said.get("function_call")) is not None:
        call.add(function_call)
    said_reason = choice.get("finish_reason")
    reason = finish_reason(said_reason, expected, called=call.begun)
    spoken += last_words(words, call, said_reason, expected)
    report.stop_sequence = report.stop_sequence or words.stop_sequence
    message: AnswerMessage = {
        "role": "assistant",
        "content": "".join(said.text for said in spoken),
        "refusal": None,
    }
    if reasoning := "".join(said.reasoning for said in spoken):
        message["reasoning_content"] = reasoning
    if call.begun and not expected.json_function:
        message["content"] = message["content"] or None
        message["tool_calls"] = [_call_object(expected.tool_call(call, index))]
    return {
        "index": index,
        "message": message,
        "logprobs": None,
        "finish_reason": "stop" if words.stopped else reason,
    }


def last_words(
    words: AnswerWords, call: FunctionCall, reason: object, expected: Expected
) -> list[Piece]:
    """What is still to be said at the end of an answer.  reason: GigaChat's finish_reason.

    Raises UpstreamError where JSON was wanted and is not there.
    """
    json_call = call.begun and expected.json_function
    arguments = [words.json_arguments(call.arguments)] if json_call else []
    in_words = json_call or not call.begun
    unfinished = reason in ("length", "blacklist")
    return [*arguments, words.end(finished=in_words and not unfinished)]


def _text(said: object) -> str:
    if not isinstance(said, str | None):
        raise unexpected("content that is no text")
    return said or ""


def _call_object(call: ToolCall) -> CallObject:
    function: CalledFunction = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}
