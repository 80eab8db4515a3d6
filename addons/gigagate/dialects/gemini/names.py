"""Google's names of models, which clients send on their own account, and what they mean here.

Gemini CLI searches and sums up with models of its own choice; Cline offers its tools only to names
that begin with gemini-3; so each of GigaChat's models has an alias that does.
"""

import re
from collections.abc import Iterable

from gigagate.core import model_map
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy

_PREFIX = "models/"
_GEMINI = re.compile(r"(gemini|gemma|learnlm)-", re.IGNORECASE)
_LIGHT = re.compile(r"flash|lite|nano", re.IGNORECASE)
_ALIAS = "gemini-3-"
_OF_GIGACHAT = re.compile(r"gemini-[\d.]+-(gigachat.*)", re.IGNORECASE)


def asked_for(item: str) -> str:
    """The name in a path or a body: "models/x" is "x"."""
    return item.removeprefix(_PREFIX)


def pivot_name(name: str, policy: Policy, notes: Notes) -> str:
    """The chat's model for the client's.  Settings win: an alias is left as it is."""
    if model_map.alias(name, policy) or not _GEMINI.match(name):
        return name
    if meant := _OF_GIGACHAT.fullmatch(name):
        return meant[1]
    model = policy.light_model if _LIGHT.search(name) else policy.default_model
    notes.add("model", f"model {name[:64]!r} -> {model}")
    return model


def aliases(listed: Iterable[str]) -> list[str]:
    """The names for clients that know only Google's."""
    return [f"{_ALIAS}{name.lower()}" for name in listed if name.lower().startswith("gigachat")]
