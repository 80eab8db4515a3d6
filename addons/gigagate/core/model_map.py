"""Which GigaChat model a client's model name means.

An alias wins over a real model of the same name: "GigaChat", the retired first generation,
is what people type when they mean "the GigaChat model".
"""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

from gigagate.core import models
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import NotFound

_SPELLING = {name.lower(): name for known in models.KNOWN for name in (known, f"{known}-preview")}
_SPELLING_OF_EMBEDDERS = {name.lower(): name for name in models.KNOWN_EMBEDDERS}
_REAL_EMBEDDER = re.compile(r"(Giga)?Embeddings[\w.-]*")
_REAL_NAME = re.compile(r"GigaChat[\w.-]*|(?i:gigachat)-[2-9][\w.-]*")
_LIGHT = re.compile(r"(?<![a-z])(haiku|flash|mini|nano|luna|lite)(?![a-z])", re.IGNORECASE)
"""Other vendors' words for a small and quick model.  Agents ask for theirs by a fixed name, for
titles and summaries.  Not in "gemini" and "minimax": they are whole words."""


def resolve(name: str, policy: Policy, notes: Notes) -> str:
    """The name GigaChat is asked for. Raises NotFound (404, `model_not_found`).

    Real names pass: "GigaChat-2-Pro", "GigaChat-2-Pro-preview", "GigaChat-2-Max:2.0.28.2", any
    later "GigaChat…", and whatever GigaChat lists; in any case of letters.
    """
    listed = policy.listed.get(name.lower())
    if listed is None or models.of(listed).embeds:
        listed = _real(name, _SPELLING, _REAL_NAME)
    default = policy.light_model if _LIGHT.search(name) else policy.default_model
    return _resolved(name, listed, default, policy, notes)


def resolve_embedder(name: str, policy: Policy, notes: Notes) -> str:
    """What `resolve` gives, for a model that makes embeddings."""
    listed = policy.listed.get(name.lower())
    if listed is None or not models.of(listed).embeds:
        listed = _real(name, _SPELLING_OF_EMBEDDERS, _REAL_EMBEDDER)
    return _resolved(name, listed, policy.embedding_model, policy, notes)


def alias(name: str, policy: Policy) -> str | None:
    """What the aliases say that a name means, those that are names before those with a *."""
    lower = name.lower()
    if (real := policy.aliases.get(lower)) is not None:
        return real
    for pattern, real in policy.aliases.items():
        if "*" in pattern and fnmatchcase(lower, pattern):
            return real
    return None


def _resolved(name: str, real: str | None, default: str, policy: Policy, notes: Notes) -> str:
    model = alias(name, policy) or real or _unknown(name, default, policy)
    while model in policy.instead:
        model = policy.instead[model]
    if model != name:
        notes.add("model", f"model {_shown(name)} -> {model}")
    return model


def _real(name: str, spellings: Mapping[str, str], pattern: re.Pattern[str]) -> str | None:
    base, colon, version = name.partition(":")
    spelling = spellings.get(base.lower())
    if spelling:
        return spelling + colon + version
    if not pattern.fullmatch(base):
        return None
    if base[:8].lower() == "gigachat" and not base.startswith("GigaChat"):
        base = "-".join(["GigaChat", *map(_spelt, base.split("-")[1:])])
    return base + colon + version


def _spelt(word: str) -> str:
    """A part of a name as GigaChat would write it."""
    return word.capitalize() if word.isalpha() and word != "preview" else word


def _unknown(name: str, default: str, policy: Policy) -> str:
    if policy.unknown_models == "pass":
        return name
    if policy.unknown_models == "default":
        return default
    raise NotFound(
        f"The model {_shown(name)} is neither an alias of this proxy nor a GigaChat model. "
        "GET /v1/models lists what there is.",
        code="model_not_found",
        param="model",
    )


def _shown(name: str) -> str:
    return repr(name if len(name) <= 64 else name[:64] + "…")
