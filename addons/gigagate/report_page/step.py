"""A step of a conversation as HTML: what the client added, what GigaChat answered."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core.any_json import text_of
from gigagate.report_page.prose import block, code, folded, safe
from gigagate.sessions.calls import RESULTS, Call, content_of, told
from gigagate.sessions.step import Step
from gigagate.views import calls
from gigagate.views.text import beginning, count, digits

FIRST_WORDS = 100
RESULT = 80

HOW: Mapping[str, str] = {
    "repeated": "The very same request once more",
    "branched": "The client changed its history",
    "compacted": "The client compacted its history",
}


def render(step: Step) -> str:
    mood = " bad" if step.failed else ""
    return (
        f'<article class="step{mood}" id="step-{step.number}">'
        f'<header><a href="#step-{step.number}">{step.number}</a> {safe(_head(step))}</header>'
        f"{''.join(_parts(step))}</article>"
    )


def _head(step: Step) -> str:
    facts = step.facts
    words = [
        time.strftime("%H:%M:%S", time.gmtime(step.began)) + " UTC" if step.began else "",
        step.model,
        f"API {facts.api}" if facts.api else "",
        _tokens(step),
        f"{facts.total:.1f} s" if facts.total is not None else "",
        f"first after {facts.first_byte:.1f} s" if facts.first_byte is not None else "",
        f"{facts.waited:.1f} s in the queue" if (facts.waited or 0) >= 0.05 else "",
        count(len(facts.attempts), "attempt") if len(facts.attempts) > 1 else "",
        f"{step.cost:.2f} ₽" if step.cost else "",
        step.ended,
    ]
    return " · ".join(word for word in words if word)


def _tokens(step: Step) -> str:
    if step.usage is None:
        return f"about {digits(step.parts.total)} tokens"
    cached = f" ({digits(step.usage.cached)} cached)" if step.usage.cached else ""
    return f"{digits(step.usage.prompt)}{cached} → {digits(step.usage.completion)} tokens"


def _parts(step: Step) -> Iterator[str]:
    if step.how in HOW:
        told_of = f"{HOW[step.how]}: {step.kept} of {step.kept + step.dropped} messages kept"
        yield f'<p class="how">{safe(told_of)}, after step {step.after}.</p>'
    if step.instructions:
        what = "Instructions" if step.after is None else "Other instructions"
        length = count(len(step.instructions), "character")
        yield folded(f"{what} <span class=quiet>{length}</span>", code(step.instructions))
    if step.tools:
        names = code("\n".join(step.tools))
        yield folded(count(len(step.tools), "tool"), names)
    for message in step.added:
        yield _message(message)
    yield from _answer(step)
    if step.facts.notes:
        notes = "".join(f"<li>{safe(note)}</li>" for note in step.facts.notes)
        yield folded(f"{count(len(step.facts.notes), 'change')} on the way", f"<ul>{notes}</ul>")


def _message(message: Mapping[str, Any]) -> str:
    role = text_of(message.get("role")) or "no role"
    text = content_of(message)
    if role in RESULTS:
        name = text_of(message.get("name") or message.get("tool_call_id"))
        first = safe(beginning(text, FIRST_WORDS))
        return folded(f'← {safe(name)} <span class="quiet">{first}</span>', code(text))
    made = "".join(map(_call, told(message)))
    kind = role if role in ("user", "assistant") else "other"
    return f'<section class="{kind}"><h4>{safe(role)}</h4>{block(text)}{made}</section>'


def _answer(step: Step) -> Iterator[str]:
    if not (step.text or step.reasoning or step.calls or step.error):
        return
    yield '<section class="answer"><h4>GigaChat</h4>'
    if step.reasoning:
        yield folded("thinking", block(step.reasoning))
    if step.text:
        yield block(step.text)
    yield from map(_call, step.calls)
    if step.error:
        yield f'<p class="error">{safe(step.error)}</p>'
    yield "</section>"


def _call(call: Call) -> str:
    line = safe(calls.line(call.name, call.arguments))
    result = ""
    if call.result is not None:
        words = safe(beginning(call.result, RESULT))
        line += f' <span class="quiet">← {words}</span>'
        result = f"<h5>result</h5>{code(call.result)}"
    return folded(line, f"<h5>arguments</h5>{code(call.arguments)}{result}")
