"""A conversation with its prose replaced, as a fixture has it: it can be given away."""

from collections.abc import Sequence
from dataclasses import replace

from gigagate.dialects.openai.dialect import OPENAI
from gigagate.sessions.calls import Call
from gigagate.sessions.session import Session
from gigagate.sessions.step import Step
from gigagate.views.facts import Facts
from gigagate.views.fixture import anonymised, filler


def all_of(sessions: Sequence[Session]) -> list[Session]:
    clients: dict[str, str] = {}
    for one in sessions:
        clients.setdefault(one.client, f"client {len(clients) + 1}")
    return [
        Session(
            clients[one.client],
            one.order,
            [_step(step) for step in one.steps],
            [_step(step) for step in one.beside],
        )
        for one in sessions
    ]


def _step(step: Step) -> Step:
    return replace(
        step,
        added=anonymised(step.added, OPENAI.words),
        replaced=anonymised(step.replaced, OPENAI.words),
        instructions=_filler(step.instructions),
        instructions_before=_filler(step.instructions_before),
        facts=_facts(step.facts),
        text=filler(step.text),
        reasoning=filler(step.reasoning),
        error=_filler(step.error),
        calls=[
            Call(
                call.name,
                filler(call.arguments),
                _filler(call.result),
            )
            for call in step.calls
        ],
    )


def _filler(text: str | None) -> str | None:
    return None if text is None else filler(text)


def _facts(facts: Facts) -> Facts:
    """Rewrites are told by their kinds alone: their sentences quote."""
    ending = facts.ending and "ended early"
    return replace(facts, notes=list(facts.kinds), client=None, ending=ending)
