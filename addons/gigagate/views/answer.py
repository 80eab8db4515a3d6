"""A chat answer as what it says: text, tool calls, tokens, time."""

from collections.abc import Iterator

from gigagate.core.pivot import Usage
from gigagate.dialects.reading import Said, SaidChoice
from gigagate.views import calls
from gigagate.views.facts import Attempt, Facts
from gigagate.views.text import count, folded, wrapped

MAX_TEXT = 200_000


def render(said: Said, facts: Facts) -> str:
    lines = [wrapped(line, "  ") for line in summary(said, facts)]
    for index, choice in sorted(said.choices.items()):
        lines += ["", *([f"── choices[{index}] ──"] if len(said.choices) > 1 else [])]
        lines += _choice(choice)
    if said.error is not None:
        lines += ["", wrapped(f"Error: {said.error}")]
    return "\n".join(lines) + "\n"


def summary(said: Said, facts: Facts) -> Iterator[str]:
    usage = facts.usage or said.usage
    first = next(iter(said.choices.values()), SaidChoice())
    ending = facts.error or said.error_code or facts.finish_reason or first.finish_reason
    api = f"API {facts.api}" if facts.api else None
    words = [facts.model or said.model, api, ending, tokens(usage) if usage else None]
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


def _choice(choice: SaidChoice) -> Iterator[str]:
    if choice.reasoning:
        yield "── thinking ──"
        yield wrapped(folded("".join(choice.reasoning), MAX_TEXT))
        yield "── answer ──"
    if text := "".join(choice.text):
        yield wrapped(folded(text, MAX_TEXT))
    if choice.sources:
        yield "── sources ──"
    for address, title in choice.sources.items():
        yield wrapped(f"{title} {address}".lstrip(), "    ")
    for _, (name, arguments) in sorted(choice.calls.items()):
        yield wrapped(calls.line(name, "".join(arguments)), "    ")
