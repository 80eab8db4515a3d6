"""Conversations for programs: plain objects, with every text masked."""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.core.any_json import object_of
from gigagate.core.redact import mask
from gigagate.sessions.session import Session, loops, totals
from gigagate.sessions.step import Step


def told(session: Session) -> dict[str, Any]:
    shown = {
        "title": session.title,
        "client": session.client,
        "totals": totals(session)._asdict(),
        "loops": [loop._asdict() for loop in loops(session)],
        "steps": [_step(step) for step in session.steps],
        "beside": [_step(step) for step in session.beside],
    }
    return dict(object_of(every_text(shown, mask)))


def every_text(value: object, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [every_text(item, change) for item in value]
    if isinstance(value, Mapping):
        return {name: every_text(item, change) for name, item in value.items()}
    return value


def _step(step: Step) -> dict[str, Any]:
    facts = step.facts
    return {
        "number": step.number,
        "how": step.how,
        "after": step.after,
        "began": step.began,
        "dialect": step.dialect,
        "model": step.model,
        "status": step.status,
        "ended": step.ended,
        "error": step.error,
        "messages": {"all": step.messages, "kept": step.kept, "dropped": step.dropped},
        "instructions": step.instructions,
        "tools": step.tools,
        "added": [dict(message) for message in step.added],
        "answer": {
            "text": step.text,
            "reasoning": step.reasoning,
            "calls": [
                {"name": call.name, "arguments": call.arguments, "result": call.result}
                for call in step.calls
            ],
        },
        "tokens": {
            "prompt": step.usage and step.usage.prompt,
            "cached": step.usage and step.usage.cached,
            "completion": step.usage and step.usage.completion,
            "estimated": step.usage is None,
            "by_part": step.parts._asdict(),
            "window": step.window,
        },
        "cost": round(step.cost, 6),
        "seconds": {
            "waited": facts.waited,
            "first_byte": facts.first_byte,
            "total": facts.total,
        },
        "api": facts.api,
        "attempts": [attempt.status for attempt in facts.attempts],
        "changed": list(facts.notes),
    }
