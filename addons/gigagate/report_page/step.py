"""A step of a conversation as HTML: what the client added, what GigaChat answered."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core.any_json import text_of
from gigagate.report_page import bar, differences, tool
from gigagate.report_page.plain import code, folded, safe
from gigagate.report_page.prose import block
from gigagate.sessions import told
from gigagate.sessions.calls import RESULTS, content_of
from gigagate.sessions.calls import told as calls_in
from gigagate.sessions.step import Step
from gigagate.sessions.words import many, t
from gigagate.views.text import beginning, digits

FIRST_WORDS = 100


def render(step: Step, flow: str = "", name: str = "step") -> str:
    """flow: the address of the raw request and answer.  name: of its anchor, before its number."""
    mood = " bad" if step.failed else ""
    raw = f'<a class="raw" href="{safe(flow)}" target="_blank" rel="noreferrer">{t("raw")}</a>'
    return (
        f'<article class="step{mood}" id="{name}-{step.order}">'
        f'<header><a class="number" href="#{name}-{step.order}">{step.number}</a>'
        f"{_head(step)}{raw if flow else ''}</header>"
        f"{''.join(_parts(step))}</article>"
    )


def _head(step: Step) -> str:
    facts = step.facts
    words = [
        time.strftime("%H:%M:%S", time.gmtime(step.began)) if step.began else "",
        told.tokens(step),
        _seconds(facts.total, 1),
        f"{step.cost:.2f} ₽" if step.cost else "",
        f"{t('attempts')}: {len(facts.attempts)}" if len(facts.attempts) > 1 else "",
        step.ended,
    ]
    line = safe(" · ".join(word for word in words if word))
    return folded(f"{line} {bar.render(step)}", f"<dl>{''.join(_numbers(step))}</dl>", "numbers")


def _numbers(step: Step) -> Iterator[str]:
    """What is behind the line above a step."""
    facts, usage = step.facts, step.usage
    rows = {
        "model": step.model,
        "asked by": step.dialect,
        "GigaChat's API": facts.api or "",
        **{_tokens(name): digits(number) for name, number in step.parts._asdict().items()},
        _tokens("cached"): digits(usage.cached) if usage else "",
        _tokens("answer"): digits(usage.completion) if usage else "",
        "context window": t(
            "{share} of {window}", share=told.share(step.full), window=digits(step.window)
        ),
        "in the queue": _seconds(facts.waited),
        "first token": _seconds(facts.first_byte),
        "all of it": _seconds(facts.total),
        "attempts": ", ".join(str(one.status or t("no answer")) for one in facts.attempts),
        "status": str(step.status or ""),
    }
    for name, value in rows.items():
        if value:
            yield f"<div><dt>{t(name)}</dt><dd>{safe(value)}</dd></div>"


def _seconds(seconds: float | None, after_point: int = 2) -> str:
    return "" if seconds is None else t("{seconds} s", seconds=f"{seconds:.{after_point}f}")


def _tokens(part: str) -> str:
    return t("{part}, tokens", part=t(part))


def _parts(step: Step) -> Iterator[str]:
    if words := told.how(step):
        yield f'<p class="how">{safe(words)}</p>'
    yield from _instructions(step)
    if step.tools:
        names = code("\n".join(step.tools))
        yield folded(many(len(step.tools), "tool"), names)
    yield from _replaced(step)
    for message in step.added:
        yield _message(message)
    yield from _answer(step)
    if step.facts.notes:
        notes = "".join(f"<li>{safe(note)}</li>" for note in step.facts.notes)
        yield folded(many(len(step.facts.notes), "change"), f"<ul>{notes}</ul>")


def _instructions(step: Step) -> Iterator[str]:
    if not step.instructions:
        return
    length = f'<span class="quiet">{many(len(step.instructions), "character")}</span>'
    if step.instructions_before:
        changes = differences.between(step.instructions_before, step.instructions)
        yield folded(f"{t('Other instructions')} {length}", changes)
    else:
        what = "Instructions" if step.after is None else "Other instructions"
        yield folded(f"{t(what)} {length}", f"<pre>{safe(step.instructions)}</pre>")


def _replaced(step: Step) -> Iterator[str]:
    """What the client has changed in its history: the first message that is another one."""
    for before, after in zip(step.replaced[:1], step.added[:1], strict=False):
        if before.get("role") == after.get("role"):
            changes = differences.between(content_of(before), content_of(after))
            yield folded(t("What it changed"), changes, "changed")


def _message(message: Mapping[str, Any]) -> str:
    role = text_of(message.get("role")) or "no role"
    text = content_of(message)
    if role in RESULTS:
        name = text_of(message.get("name") or message.get("tool_call_id"))
        first = safe(beginning(text, FIRST_WORDS))
        return folded(f'← {safe(name)} <span class="quiet">{first}</span>', tool.text(text), "call")
    made = "".join(map(tool.render, calls_in(message)))
    kind = role if role in ("user", "assistant") else "other"
    return f'<section class="{kind}"><h4>{safe(t(role))}</h4>{block(text)}{made}</section>'


def _answer(step: Step) -> Iterator[str]:
    if not (step.text or step.reasoning or step.calls or step.error):
        return
    yield '<section class="answer"><h4>GigaChat</h4>'
    if step.reasoning:
        yield folded(t("thinking"), block(step.reasoning), "thinking")
    if step.text:
        yield block(step.text)
    yield from map(tool.render, step.calls)
    if step.error:
        yield f'<p class="error">{safe(step.error)}</p>'
    yield "</section>"
