"""Which GigaChat model a client's model name means, and the list of models a client is shown.

An alias wins over a real model of the same name: "GigaChat", the retired first generation,
is what people type when they mean "the GigaChat model".
"""

import re
from collections.abc import Mapping
from typing import Any

from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import NotFound

KNOWN = (
    "GigaChat",
    "GigaChat-Plus",
    "GigaChat-Pro",
    "GigaChat-Max",
    "GigaChat-2",
    "GigaChat-2-Pro",
    "GigaChat-2-Max",
    "GigaChat-3-Lightning",
    "GigaChat-3-Pro",
    "GigaChat-3-Ultra",
)
"""Names seen in GigaChat's own lists; each also exists as "-preview"."""

KNOWN_EMBEDDERS = ("Embeddings", "Embeddings-2", "EmbeddingsGigaR", "GigaEmbeddings-3B-2025-09")

OWNER = "salutedevices"
"""Of a model for which GigaChat names none."""

_SPELLING = {name.lower(): name for known in KNOWN for name in (known, f"{known}-preview")}
_SPELLING_OF_EMBEDDERS = {name.lower(): name for name in KNOWN_EMBEDDERS}
_REAL_EMBEDDER = re.compile(r"(Giga)?Embeddings[\w.-]*")
_REAL_NAME = re.compile(r"GigaChat[\w.-]*")


def resolve(name: str, policy: Policy, notes: Notes) -> str:
    """The name GigaChat is asked for. Raises NotFound (404, `model_not_found`).

    Real names pass: "GigaChat-2-Pro", "GigaChat-2-Pro-preview", "GigaChat-2-Max:2.0.28.2", and
    any later "GigaChat…"; the known ones in any case of letters.
    """
    real = _real(name, _SPELLING, _REAL_NAME)
    return _resolved(name, real, policy.default_model, policy, notes)


def resolve_embedder(name: str, policy: Policy, notes: Notes) -> str:
    """As `resolve`, for a model that makes embeddings."""
    real = _real(name, _SPELLING_OF_EMBEDDERS, _REAL_EMBEDDER)
    return _resolved(name, real, policy.embedding_model, policy, notes)


def listed(policy: Policy, upstream: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`data` of GET /v1/models in OpenAI's form: the aliases, then GigaChat's own models.

    upstream: `data` of GigaChat's GET /models. A real model hidden by an alias is left out,
    since asking for it reaches the alias.
    """
    models = [entry(alias, "gigagate") for alias in policy.aliases]
    seen = set(policy.aliases)
    for model in upstream:
        name = model.get("id")
        if isinstance(name, str) and name.lower() not in seen:
            seen.add(name.lower())
            models.append(entry(name, model.get("owned_by") or OWNER))
    return models


def entry(name: str, owner: str) -> dict[str, Any]:
    """A model in OpenAI's form."""
    return {"id": name, "object": "model", "created": 0, "owned_by": owner}


def _resolved(name: str, real: str | None, default: str, policy: Policy, notes: Notes) -> str:
    model = policy.aliases.get(name.lower()) or real or _unknown(name, default, policy)
    if model != name:
        notes.add("model", f"model {_shown(name)} -> {model}")
    return model


def _real(name: str, spellings: Mapping[str, str], pattern: re.Pattern[str]) -> str | None:
    base, colon, version = name.partition(":")
    spelling = spellings.get(base.lower())
    if spelling:
        return spelling + colon + version
    return name if pattern.fullmatch(base) else None


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
