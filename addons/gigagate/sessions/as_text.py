"""A step within its conversation, as text: for mitmweb and the console."""

from collections.abc import Iterator

from gigagate.core.any_json import text_of
from gigagate.sessions import told
from gigagate.sessions.calls import RESULTS, content_of
from gigagate.sessions.calls import told as calls_in
from gigagate.sessions.session import Session, totals
from gigagate.sessions.step import Step
from gigagate.views import calls
from gigagate.views.text import count, digits, folded, one_line, wrapped

MAX_TEXT = 4000
MAX_RESULT = 300
MAX_LINE = 46
AROUND = 100
"""Steps before and after that are listed."""


def render(session: Session, step: Step) -> str:
    beside = step not in session.steps
    place = "beside it" if beside else f"step {step.number}"
    lines = [
        f"{place} of {count(len(session.steps), 'step')}: {session.title}",
        *_facts(step),
        "",
        *_new(session, step),
        *_answered(step),
        "── the whole conversation ──",
        *_listed(session, step),
        "",
        *_summed_up(session),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _facts(step: Step) -> Iterator[str]:
    facts = step.facts
    words = [
        step.model,
        told.tokens(step),
        f"{facts.total:.1f} s" if facts.total is not None else "",
        f"first after {facts.first_byte:.1f} s" if facts.first_byte is not None else "",
        f"{step.cost:.2f} ₽" if step.cost else "",
        count(len(facts.attempts), "attempt") if len(facts.attempts) > 1 else "",
        step.ended,
    ]
    yield wrapped(" · ".join(word for word in words if word), "  ")
    parts = " · ".join(f"{name} {digits(n)}" for name, n in step.parts._asdict().items())
    yield f"{told.share(step.full)} of a window of {digits(step.window)} tokens: {parts}"
    if told.how(step):
        yield told.how(step)


def _new(session: Session, step: Step) -> Iterator[str]:
    yield "── new in this step ──"
    steps = session.steps if step in session.steps else []
    before = next((one for one in steps if one.number == step.after), None)
    for call in before.calls if before else ():
        if call.result is not None:
            yield wrapped(f"← {call.name}: {one_line(call.result, MAX_RESULT)}", "    ")
    if step.instructions:
        what = "other instructions" if step.after else "instructions"
        yield f"[{what}: {count(len(step.instructions), 'character')}]"
    if step.tools:
        yield f"[{count(len(step.tools), 'tool')}]"
    for message in step.added:
        role, text = text_of(message.get("role")), content_of(message)
        if role in RESULTS:
            yield wrapped(f"← {one_line(text, MAX_RESULT)}", "    ")
        else:
            yield f"{role}:"
            yield wrapped(folded(text, MAX_TEXT))
        yield from (
            wrapped(calls.line(call.name, call.arguments), "    ") for call in calls_in(message)
        )
    yield ""


def _answered(step: Step) -> Iterator[str]:
    yield "── GigaChat ──"
    if step.reasoning:
        yield f"[thinking: {count(len(step.reasoning), 'character')}]"
    if step.text:
        yield wrapped(folded(step.text, MAX_TEXT))
    for call in step.calls:
        yield wrapped(calls.line(call.name, call.arguments), "    ")
        if call.result is not None:
            yield wrapped(f"    ← {one_line(call.result, MAX_RESULT)}", "      ")
    if step.error:
        yield wrapped(f"Error: {step.error}", "  ")
    yield ""


def _listed(session: Session, step: Step) -> Iterator[str]:
    steps = session.steps
    here = steps.index(step) if step in steps else 0
    shown = slice(max(0, here - AROUND), here + AROUND + 1)
    yield f"     {'tokens':>8}{'cached':>9}{'new':>9}{'s':>7}"
    for one in steps[shown]:
        mark = "▸" if one is step else " "
        cached = digits(one.usage.cached) if one.usage else ""
        seconds = f"{one.facts.total:.1f}" if one.facts.total is not None else ""
        numbers = f"{digits(one.parts.total):>8}{cached:>9}{digits(one.parts.new):>9}{seconds:>7}"
        yield f"{mark}{one.number:>4}{numbers}  {_sign(one)}{told.what(one, MAX_LINE)}"
    if len(steps) > shown.stop or shown.start:
        yield f"[… {count(len(steps) - len(steps[shown]), 'step')} further away left out …]"


def _sign(step: Step) -> str:
    if step.failed:
        return "✗ "
    return {"compacted": "⇣ compacted: ", "branched": "↰ branched: "}.get(step.how, "")


def _summed_up(session: Session) -> Iterator[str]:
    sums = totals(session)
    words = [
        f"{digits(sums.prompt)} tokens asked, {digits(sums.cached)} of them cached",
        f"{digits(sums.completion)} answered",
        f"{sums.cost:.2f} ₽" if sums.cost else "",
        f"{sums.seconds:.1f} s",
        count(len(session.beside), "request") + " beside it" if session.beside else "",
    ]
    yield wrapped(" · ".join(word for word in words if word), "  ")
    for finding in told.worth_a_look(session):
        quoted = f": {finding.quoted}," if finding.quoted else " at"
        at = ", ".join(str(step.number) for step in finding.steps)
        yield wrapped(f"{finding.what}{quoted} step {at}.", "  ")
