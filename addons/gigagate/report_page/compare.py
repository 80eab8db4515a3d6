"""Two conversations side by side: the same task by two models, or with two versions of a prompt."""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, zip_longest

from gigagate.report_page import differences
from gigagate.report_page import step as one_step
from gigagate.report_page.curve import Line, svg
from gigagate.report_page.page import around
from gigagate.report_page.plain import folded, safe
from gigagate.report_page.sums import SUMS
from gigagate.sessions import told
from gigagate.sessions.session import Session, Totals, totals
from gigagate.sessions.step import Step
from gigagate.sessions.words import many, t

type _Pair = tuple[Session, Session]


def render(pair: _Pair, names: tuple[str, str]) -> str:
    """names: what each is called, such as its file."""
    first = pair[0].title
    content = (
        f'<section class="session compared"><h2>{safe(first)}</h2>{_table(pair, names)}'
        f'{"".join(_asked(pair))}<div class="curves">{"".join(_curves(pair, names))}</div>'
        f"{''.join(_side_by_side(pair))}</section>"
    )
    return around(first, content)


def _table(pair: _Pair, names: tuple[str, str]) -> str:
    heads = "".join(f"<th>{safe(name)}</th>" for name in names)
    models = "".join(f"<td>{safe(', '.join(one.models))}</td>" for one in pair)
    found = "".join(f"<td>{_findings(one)}</td>" for one in pair)
    return (
        f'<table class="sums"><tr><td></td>{heads}<td></td></tr>'
        f"<tr><th>{t('model')}</th>{models}<td></td></tr>"
        f"{''.join(_sums(totals(pair[0]), totals(pair[1])))}"
        f"<tr><th>{t('worth a look')}</th>{found}<td></td></tr></table>"
    )


def _sums(first: Totals, second: Totals) -> Iterator[str]:
    for each in SUMS:
        one, other = each.of(first), each.of(second)
        if one or other:
            yield (
                f"<tr><th>{t(each.name)}</th><td>{each.shown(one)}</td><td>{each.shown(other)}</td>"
                f"<td>{_change(one, other)}</td></tr>"
            )


def _findings(session: Session) -> str:
    return "<br>".join(safe(finding.what) for finding in told.worth_a_look(session))


def _change(before: float, after: float) -> str:
    if not before or before == after:
        return ""
    return f"{(after - before) / before * 100:+.0f} %"


def _asked(pair: _Pair) -> Iterator[str]:
    """What was asked in other words."""
    first, second = (session.steps[0] for session in pair)
    if (one := first.instructions or "") != (other := second.instructions or ""):
        yield folded(t("Other instructions"), differences.between(one, other))
    if (one := told.asked(first)) != (other := told.asked(second)):
        yield folded(t("Another task"), differences.between(one, other))
    if (first.tools or []) != (second.tools or []):
        names = "\n".join(first.tools or []), "\n".join(second.tools or [])
        yield folded(t("Other tools"), differences.between(*names))


def _curves(pair: _Pair, names: tuple[str, str]) -> Iterator[str]:
    def lines(values: Callable[[Session], Sequence[float]]) -> list[Line]:
        kinds = ("total", "first")
        return [Line(n, k, values(s)) for n, k, s in zip(names, kinds, pair, strict=True)]

    yield svg(t("Tokens of each step's prompt"), lines(_tokens))
    costs = lines(_costs)
    if any(line.values[-1] for line in costs):
        yield svg(t("Cost so far, in roubles"), costs)


def _tokens(session: Session) -> list[float]:
    return [step.parts.total for step in session.steps]


def _costs(session: Session) -> list[float]:
    return list(accumulate(step.cost for step in session.steps))


def _side_by_side(pair: _Pair) -> Iterator[str]:
    for steps in zip_longest(*(session.steps for session in pair)):
        cells = "".join(_cell(step, side) for step, side in zip(steps, "ab", strict=True))
        yield f'<div class="pair">{cells}</div>'
    for session, side in zip(pair, "ab", strict=True):
        if session.beside:
            shown = "".join(_cell(step, side) for step in session.beside)
            yield folded(f"{side.upper()}: {many(len(session.beside), 'request')}", shown)


def _cell(step: Step | None, side: str) -> str:
    return "<div></div>" if step is None else one_step.render(step, name=side)
