"""A chat answer, JSON or streamed, as what it says: text, tool calls, tokens, time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from gigagate.core import sse
from gigagate.core.pivot import Usage
from gigagate.errors import GigaGateError
from gigagate.views import calls
from gigagate.views.facts import Attempt, Facts
from gigagate.views.text import count, folded, list_of, object_of, parsed, text_of, wrapped

MAX_TEXT = 200_000


@dataclass(slots=True)
class Choice:
    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: dict[int, tuple[str, list[str]]] = field(default_factory=dict)
    """Index -> name, and the arguments in pieces."""
    finish_reason: str | None = None


@dataclass(slots=True)
class Said:
    """What an answer says, in OpenAI's form or in GigaChat's."""

    model: str | None = None
    choices: dict[int, Choice] = field(default_factory=dict)
    usage: Usage | None = None
    error: str | None = None
    error_code: str | None = None
    events: int = 0
    complete: bool = True


def render(body: bytes, facts: Facts) -> str:
    """Raises ValueError if it is no chat answer."""
    said = read(body)
    lines = [wrapped(line, "  ") for line in summary(said, facts)]
    for index, choice in sorted(said.choices.items()):
        lines += ["", *([f"── choices[{index}] ──"] if len(said.choices) > 1 else [])]
        lines += _choice(choice)
    if said.error is not None:
        lines += ["", wrapped(f"Error: {said.error}")]
    return "\n".join(lines) + "\n"


def read(body: bytes) -> Said:
    """Raises ValueError."""
    if body.lstrip()[:1] != b"{":
        return _read_stream(body)
    answer = parsed(body)
    said = Said()
    _take(said, object_of(answer), "message")
    if not said.choices and said.error is None:
        raise ValueError("This is no chat answer: it has neither choices nor an error.")
    return said


def is_answer(body: bytes) -> bool:
    """A quick look, for choosing a view."""
    head = body[:400]
    return head.lstrip()[:5] in (b"data:", b": Gig") or b'"choices"' in head or b'"error"' in head


def summary(said: Said, facts: Facts) -> Iterator[str]:
    usage = facts.usage or said.usage
    first = next(iter(said.choices.values()), Choice())
    ending = facts.error or said.error_code or facts.finish_reason or first.finish_reason
    words = [facts.model or said.model, ending, tokens(usage) if usage else None]
    yield " · ".join(word for word in words if word) or "no answer yet"
    if timing := _timing(facts, streamed=bool(said.events)):
        yield timing
    if len(facts.attempts) > 1:
        yield _attempts(facts.attempts)
    if said.events:
        ending = (
            "" if said.complete else ", not ended yet" if facts.total is None else ", cut short"
        )
        yield f"A stream of {count(said.events, 'event')}{ending}"
    if facts.ending:
        yield f"The connection ended early: {facts.ending}"


def tokens(usage: Usage) -> str:
    cached = f" ({usage.cached} of them cached, not billed)" if usage.cached else ""
    return f"{usage.prompt} prompt tokens{cached} + {usage.completion} in the answer"


def _timing(facts: Facts, *, streamed: bool) -> str:
    words = []
    if facts.total is not None:
        words.append(f"{facts.total:.2f} s in all")
    if facts.waited is not None:
        words.append(f"{facts.waited:.2f} s waiting for a slot and a token")
    if streamed and facts.first_byte is not None:
        words.append(f"first piece after {facts.first_byte:.2f} s")
    if streamed and facts.tokens_per_second is not None:
        words.append(f"{facts.tokens_per_second:.0f} tokens/s")
    return " · ".join(words)


_WHY = {
    401: "the access token was refused, another one was taken",
    429: "too many requests at a time",
    None: "no answer came",
}


def _attempts(attempts: list[Attempt]) -> str:
    told = []
    for attempt in attempts:
        after = "" if attempt.seconds is None else f" after {attempt.seconds:.2f} s"
        why = f" ({_WHY[attempt.status]})" if attempt.status in _WHY else ""
        told.append(f"{attempt.status or 'none'}{after}{why}")
    return f"{count(len(attempts), 'attempt')}: {'; '.join(told)}"


def _choice(choice: Choice) -> Iterator[str]:
    if choice.reasoning:
        yield "── thinking ──"
        yield wrapped(folded("".join(choice.reasoning), MAX_TEXT))
        yield "── answer ──"
    if text := "".join(choice.text):
        yield wrapped(folded(text, MAX_TEXT))
    for _, (name, arguments) in sorted(choice.calls.items()):
        yield wrapped(calls.line(name, "".join(arguments)), "    ")


def _read_stream(body: bytes) -> Said:
    said = Said(complete=False)
    events = sse.Decoder()
    try:
        for data in chain(events.feed(body), events.end()):
            if data == b"[DONE]":
                said.complete = True
            else:
                _event(said, data)
    except GigaGateError as error:
        said.error = error.message
    if not said.events:
        raise ValueError("This is no chat answer: neither JSON nor a stream of events.")
    return said


def _event(said: Said, data: bytes) -> None:
    try:
        event = object_of(parsed(data))
    except ValueError:
        return
    said.events += 1
    _take(said, event, "delta")


def _take(said: Said, answer: Mapping[str, Any], key: str) -> None:
    if isinstance(model := answer.get("model"), str):
        said.model = model
    if usage := object_of(answer.get("usage")):
        said.usage = _usage(usage)
    if "error" in answer:
        error = answer["error"]
        said.error = text_of(object_of(error).get("message") or error)
        said.error_code = text_of(object_of(error).get("code"))
    for position, given in enumerate(list_of(answer.get("choices"))):
        given = object_of(given)
        index = given.get("index")
        choice = said.choices.setdefault(index if type(index) is int else position, Choice())
        if isinstance(reason := given.get("finish_reason"), str):
            choice.finish_reason = reason
        _take_message(choice, object_of(given.get(key)))


def _take_message(choice: Choice, message: Mapping[str, Any]) -> None:
    if content := message.get("content"):
        choice.text.append(text_of(content))
    if reasoning := message.get("reasoning_content"):
        choice.reasoning.append(text_of(reasoning))
    given = list_of(message.get("tool_calls"))
    for position, (_, name, arguments) in enumerate(calls.in_message(message)):
        index = object_of(given[position]).get("index") if position < len(given) else None
        call = choice.calls.setdefault(index if type(index) is int else position, (name, []))
        call[1].append(text_of(arguments))


def _usage(usage: Mapping[str, Any]) -> Usage:
    """GigaChat's prompt_tokens are without the cached ones, OpenAI's are with them."""
    details = object_of(usage.get("prompt_tokens_details"))
    counts = (
        usage.get("prompt_tokens"),
        usage.get("completion_tokens"),
        details.get("cached_tokens"),
        usage.get("precached_prompt_tokens"),
    )
    prompt, completion, cached, net = (one if type(one) is int else 0 for one in counts)
    return Usage(prompt + net, completion, cached or net)
