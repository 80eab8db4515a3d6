"""Anthropic's names of models, which clients send on their own account, and what they mean here.

Claude Code asks a haiku for titles and summaries, and shows only models with "claude" in the name;
so each of GigaChat's has an alias that has it.
"""

from collections.abc import Iterable

from gigagate.core import model_map
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy

_CLAUDE, _LIGHT = "claude", "haiku"
_ALIAS = "claude-"


def pivot_name(name: str, policy: Policy, notes: Notes) -> str:
    """The chat's model for the client's.  Settings win: an alias is left as it is."""
    lower = name.lower()
    if model_map.alias(name, policy) or _CLAUDE not in lower:
        return name
    meant = lower.removeprefix(_ALIAS)
    if meant.startswith("gigachat"):
        return name[len(_ALIAS) :]
    model = policy.light_model if _LIGHT in lower else policy.default_model
    notes.add("model", f"model {name[:64]!r} -> {model}")
    return model


def aliases(listed: Iterable[str]) -> list[str]:
    """The names for Claude Code, of models that it would hide."""
    return [f"{_ALIAS}{name.lower()}" for name in listed if name.lower().startswith("gigachat")]
