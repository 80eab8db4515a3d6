"""What is told of a conversation wherever it is shown: its steps in short, what is worth a look."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gigagate.sessions.calls import content_of
from gigagate.sessions.session import Loop, Session, loops, totals
from gigagate.sessions.step import Step
from gigagate.sessions.words import t
from gigagate.views import calls
from gigagate.views.text import beginning, digits

MAX_ARGUMENTS = 120
NEARLY_FULL = 0.8
"""The share of a context window from which on clients make a conversation shorter, or fail."""


_HOW: Mapping[str, str] = {
    "repeated": "The very same request once more",
    "branched": "The client changed its history",
    "compacted": "The client compacted its history",
}


class WorthALook(NamedTuple):
    what: str
    quoted: str
    steps: list[Step]


def what(step: Step, most: int) -> str:
    """What came of it, in short."""
    if step.calls:
        lines = [calls.line(call.name, call.arguments) for call in step.calls]
        return beginning(" ".join(lines), most)
    return beginning(step.text or step.error or step.ended, most)


def asked(step: Step) -> str:
    """The texts that the client added."""
    return "\n\n".join(content_of(message) for message in step.added)


def how(step: Step) -> str:
    """How it stands to the step before, where it does not just go on."""
    if step.how not in _HOW:
        return ""
    return t(
        "{how}: {kept} of {all} messages kept, after step {after}.",
        how=t(_HOW[step.how]),
        kept=step.kept,
        all=step.kept + step.dropped,
        after=step.after,
    )


def share(part: float) -> str:
    return f"{part * 100:.0f} %"


def worth_a_look(session: Session) -> Iterator[WorthALook]:
    sums = totals(session)
    steps = {step.number: step for step in session.steps}
    for words, numbers in (
        (t("The history was compacted"), sums.compactions),
        (t("The client changed its history"), sums.branches),
        (t("An error"), [step.number for step in session.steps if step.failed]),
        (
            t("The context window is over {share} full", share=share(NEARLY_FULL)),
            [step.number for step in session.steps if step.full > NEARLY_FULL],
        ),
    ):
        if numbers:
            yield WorthALook(words, "", [steps[number] for number in numbers])
    for loop in loops(session):
        again = t("{times} times the same", times=len(loop.steps))
        yield WorthALook(again, _repeated(loop), [steps[number] for number in loop.steps])


def tokens(step: Step) -> str:
    if step.usage is None:
        return t("about {tokens} tokens", tokens=digits(step.parts.total))
    numbers = {name: digits(number) for name, number in step.usage._asdict().items()}
    if step.usage.cached:
        return t("{prompt} ({cached} cached) → {completion} tokens", **numbers)
    return t("{prompt} → {completion} tokens", **numbers)


def _repeated(loop: Loop) -> str:
    if loop.what == "the same words":
        return f"“{beginning(loop.arguments, MAX_ARGUMENTS)}”"
    return beginning(calls.line(loop.what, loop.arguments), MAX_ARGUMENTS)
