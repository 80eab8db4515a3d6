"""The page: totals and curves of each conversation, then its thread.

The policy stands in the page itself, since no server sends it: one style, by its hash, and nothing
else; no script, no address.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from itertools import accumulate
from pathlib import Path
from string import Template

from gigagate import __version__
from gigagate.report_page import step as one_step
from gigagate.report_page.curve import Line, svg
from gigagate.report_page.prose import folded, safe
from gigagate.sessions.session import Session, loops, totals
from gigagate.sessions.step import Step
from gigagate.views import calls
from gigagate.views.text import beginning, count, digits

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "page.css").read_text(encoding="utf-8")
TEMPLATE = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'"
)
MAX_ARGUMENTS = 120


def render(sessions: Sequence[Session]) -> str:
    listed = "".join(
        f'<li><a href="#session-{place}">{safe(session.title)}</a> '
        f'<span class="quiet">{count(len(session.steps), "step")}</span></li>'
        for place, session in enumerate(sessions, 1)
    )
    return TEMPLATE.substitute(
        policy=escape(POLICY),
        style=STYLE,
        version=escape(__version__),
        title=safe(sessions[0].title) if sessions else "nothing",
        contents=f"<nav><ol>{listed}</ol></nav>" if len(sessions) > 1 else "",
        sessions="".join(_session(place, one) for place, one in enumerate(sessions, 1)),
    )


def _session(place: int, session: Session) -> str:
    asked_by = f'<p class="quiet">asked by {safe(session.client)}</p>' if session.client else ""
    return (
        f'<section class="session" id="session-{place}"><h2>{safe(session.title)}</h2>{asked_by}'
        f"{_totals(session)}{''.join(_worth_a_look(session))}{''.join(_curves(session.steps))}"
        f"{''.join(map(one_step.render, session.steps))}{_beside(session)}</section>"
    )


def _totals(session: Session) -> str:
    sums = totals(session)
    cached = f" ({digits(sums.cached)} cached)" if sums.cached else ""
    facts = {
        "steps": digits(sums.steps),
        "tokens asked": digits(sums.prompt) + cached,
        "tokens answered": digits(sums.completion),
        "cost": f"{sums.cost:.2f} ₽" if sums.cost else "",
        "GigaChat's time": f"{sums.seconds:.1f} s" if sums.seconds else "",
        "errors": digits(sums.errors),
    }
    cells = "".join(
        f"<div><dt>{name}</dt><dd>{told}</dd></div>" for name, told in facts.items() if told
    )
    return f"<dl>{cells}</dl>"


def _worth_a_look(session: Session) -> Iterator[str]:
    sums = totals(session)
    for what, numbers in (
        ("The history was compacted", sums.compactions),
        ("The client changed its history", sums.branches),
        ("An error", [step.number for step in session.steps if step.failed]),
    ):
        if numbers:
            yield f'<p class="look">{what} at step {_links(numbers)}.</p>'
    for loop in loops(session):
        if loop.what == "the same words":
            told = f"“{beginning(loop.arguments, MAX_ARGUMENTS)}”"
        else:
            told = beginning(calls.line(loop.what, loop.arguments), MAX_ARGUMENTS)
        yield (
            f'<p class="look">{len(loop.steps)} times the same: <code>{safe(told)}</code>, '
            f"step {_links(loop.steps)}.</p>"
        )


def _links(numbers: Sequence[int]) -> str:
    return ", ".join(f'<a href="#step-{number}">{number}</a>' for number in numbers)


def _curves(steps: Sequence[Step]) -> Iterator[str]:
    if len(steps) < 2:
        return
    marks = [
        (place, f"step {step.number}: {step.how}")
        for place, step in enumerate(steps)
        if step.how in ("compacted", "branched")
    ]
    parts = [step.parts for step in steps]
    lines = (
        Line("prompt", "prompt", [part.total for part in parts]),
        Line("system and tools", "fixed", [part.system + part.tools for part in parts]),
        Line("new", "new", [part.new for part in parts]),
        Line("cached", "cached", [step.usage.cached if step.usage else 0 for step in steps]),
    )
    yield svg("Tokens of each step's prompt, by the share of characters", lines, marks)
    costs = list(accumulate(step.cost for step in steps))
    if costs[-1]:
        yield svg("Cost so far, in roubles", [Line("cost", "prompt", costs)], marks)


def _beside(session: Session) -> str:
    if not session.beside:
        return ""
    shown = "".join(map(one_step.render, session.beside))
    return folded(f"{count(len(session.beside), 'request')} beside it", shown)
