"""A flow on one line of the flow list: a short comment, and a mark if it is worth a look."""

from gigagate.views.facts import Facts

ERROR = ":red_circle:"
GONE = ":wave:"
REPEATED = ":repeat:"
REWRITTEN = ":memo:"

WORTH_A_LOOK = frozenset({"repair", "files"})
"""Rewrites that a healthy client does not need, or that lose something."""


def comment(facts: Facts) -> str:
    """ "GigaChat-2-Max 120(80 cached)→45 tok 1.2 s stop · anna"; an API only if it is not v1."""
    words = [(facts.model or facts.model_asked or "").partition(":")[0]]
    if facts.usage:
        cached = f"({facts.usage.cached} cached)" if facts.usage.cached else ""
        words.append(f"{facts.usage.prompt}{cached}→{facts.usage.completion} tok")
    if facts.total is not None:
        words.append(f"{facts.total:.1f} s")
    words.append(facts.ending or facts.error or facts.finish_reason or "")
    if facts.api not in (None, "v1"):
        words.append(f"API {facts.api}")
    if len(facts.attempts) > 1:
        words.append(f"{len(facts.attempts)} attempts")
    return " ".join(word for word in words if word) + asker(facts.client)


def asker(client: str | None) -> str:
    return f" · {client}" if client else ""


def mark(facts: Facts) -> str:
    """mitmproxy's name of a sign, or "" for none."""
    if facts.error:
        return ERROR
    if facts.ending:
        return GONE
    if len(facts.attempts) > 1:
        return REPEATED
    return REWRITTEN if WORTH_A_LOOK.intersection(facts.kinds) else ""
