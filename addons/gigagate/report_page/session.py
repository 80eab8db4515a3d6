"""A conversation as HTML: what it took, what is worth a look, its curves, then its thread."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from gigagate.report_page import step as one_step
from gigagate.report_page.curve import Line, stacked, svg
from gigagate.report_page.plain import folded, safe
from gigagate.report_page.sums import SUMS
from gigagate.sessions import told
from gigagate.sessions.session import Session, totals
from gigagate.sessions.step import Step
from gigagate.sessions.words import many, t
from gigagate.views.text import digits

IN_OUTLINE = 90

type AddressOf = Callable[[Step], str]


def nowhere(step: Step) -> str:
    """A saved step has no flow that could be opened."""
    return ""


def head(session: Session) -> str:
    """All but the thread."""
    return (
        f"{_by(session)}{_totals(session)}{''.join(_worth_a_look(session))}"
        f'<div class="curves">{"".join(_curves(session.steps))}</div>'
    )


def outline(session: Session) -> str:
    """A line for each step."""
    lines = "".join(map(_line, session.steps))
    return f'<nav class="outline" aria-label="{t("steps")}"><ol>{lines}</ol></nav>'


def thread(session: Session, address_of: AddressOf = nowhere) -> str:
    steps = "".join(one_step.render(step, address_of(step)) for step in session.steps)
    return f'<div class="steps">{steps}</div>{beside(session, address_of)}'


def beside(session: Session, address_of: AddressOf = nowhere) -> str:
    if not session.beside:
        return ""
    shown = "".join(one_step.render(step, address_of(step)) for step in session.beside)
    return folded(many(len(session.beside), "request"), shown, "beside")


def _by(session: Session) -> str:
    words = [session.client, *session.models[:3]]
    return f'<p class="quiet">{safe(" · ".join(word for word in words if word))}</p>'


def _totals(session: Session) -> str:
    sums = totals(session)
    values = [(each, each.of(sums)) for each in SUMS]
    cells = "".join(
        f"<div><dt>{t(each.name)}</dt><dd>{each.shown(value)}</dd></div>"
        for each, value in values
        if value or not each.only_if_any
    )
    return f'<dl class="totals">{cells}</dl>'


def _worth_a_look(session: Session) -> Iterator[str]:
    for finding in told.worth_a_look(session):
        words = "{what}: {quoted}, step {steps}." if finding.quoted else "{what} at step {steps}."
        line = t(
            words,
            what=safe(finding.what),
            quoted=f"<code>{safe(finding.quoted)}</code>",
            steps=_links(finding.steps),
        )
        yield f'<p class="look">{line}</p>'


def _links(steps: Sequence[Step]) -> str:
    return ", ".join(f'<a href="#step-{step.order}">{step.number}</a>' for step in steps)


def _curves(steps: Sequence[Step]) -> Iterator[str]:
    if len(steps) < 2:
        return
    marks = [
        (place, f"{t('step {step}', step=step.number)}: {t(step.how)}")
        for place, step in enumerate(steps)
        if step.how in ("compacted", "branched")
    ]
    parts = [step.parts for step in steps]
    layers = [
        Line(t(name), name, [getattr(part, name) for part in parts])
        for name in ("system", "tools", "history", "new")
    ]
    cached = [step.usage.cached if step.usage else 0 for step in steps]
    fullest = max(steps, key=lambda step: step.full)
    title = t(
        "Tokens of each step's prompt; step {step} fills {share} of a window of {window}",
        step=fullest.number,
        share=told.share(fullest.full),
        window=digits(fullest.window),
    )
    yield stacked(title, layers, Line(t("cached"), "cached", cached), marks, fullest.window)
    costs = list(accumulate(step.cost for step in steps))
    if costs[-1]:
        yield svg(t("Cost so far, in roubles"), [Line(t("cost"), "cost", costs)], marks)
    seconds = [step.facts.total or 0 for step in steps]
    if any(seconds):
        firsts = [step.facts.first_byte or 0 for step in steps]
        lines = [Line(t("whole answer"), "total", seconds), Line(t("first token"), "first", firsts)]
        yield svg(t("Seconds of each step"), lines, marks)


def _line(step: Step) -> str:
    mood = ' class="bad"' if step.failed else f' class="{step.how}"'
    words = safe(told.what(step, IN_OUTLINE))
    return (
        f'<li{mood}><a href="#step-{step.order}"><span class="number">{step.number}</span> '
        f"{words}</a></li>"
    )
