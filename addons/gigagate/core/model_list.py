"""The list of models: what GigaChat last said of it, and what a client is shown."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from gigagate.core import models
from gigagate.core.models import Model
from gigagate.core.name_patterns import among
from gigagate.core.policy import Policy

OWNER = "salutedevices"
"""The owner of a model for which GigaChat names none."""
OUR_OWN = "gigagate"
"""The owner of an alias."""
FRESH = 300
"""Seconds for which a list need not be asked for again."""

Listed = Sequence[Mapping[str, Any]]
"""`data` of GigaChat's list."""


class ShownModel(NamedTuple):
    """A model a client can ask for."""

    name: str
    owner: str
    means: str
    """GigaChat's name of it."""
    model: Model


class ModelList:
    """What GigaChat has listed for one key.  Times are unix seconds."""

    def __init__(self) -> None:
        self.last: Listed = ()
        self.names: Mapping[str, str] = MappingProxyType({})
        """In lower case -> as GigaChat spells it."""
        self._until = 0

    def keep(self, upstream: Listed, now: int) -> None:
        self.last, self._until = upstream, now + FRESH
        names = (model.get("id") for model in upstream)
        self.names = MappingProxyType({n.lower(): n for n in names if isinstance(n, str)})

    def fresh(self, now: int) -> Listed | None:
        """None: it is to be asked for."""
        return self.last if self._until - FRESH <= now < self._until else None


def shown(policy: Policy, upstream: Listed) -> list[ShownModel]:
    """The aliases, then GigaChat's own models.

    A real model hidden by an alias is left out, since asking for it reaches the alias; so is an
    alias that is a pattern, which is no name, and so is what the client may not ask for.
    """
    aliases = {alias: real for alias, real in policy.aliases.items() if "*" not in alias}
    found = [_shown(alias, OUR_OWN, real, policy) for alias, real in aliases.items()]
    seen = set(aliases)
    for model in upstream:
        name = model.get("id")
        if isinstance(name, str) and name.lower() not in seen:
            seen.add(name.lower())
            found.append(_shown(name, _owner(model), name, policy))
    return [one for one in found if among(one.means, policy.may_use)]


def named(name: str, owner: object, means: str, policy: Policy) -> ShownModel:
    """A model that GigaChat has told of alone."""
    if means != name:
        owner = OUR_OWN
    return _shown(name, owner if isinstance(owner, str) else OWNER, means, policy)


def find(shown: Iterable[ShownModel], name: str) -> ShownModel | None:
    """In any case of letters."""
    return next((one for one in shown if one.name.lower() == name.lower()), None)


def _owner(model: Mapping[str, Any]) -> str:
    owner = model.get("owned_by")
    return owner if isinstance(owner, str) and owner else OWNER


def _shown(name: str, owner: str, means: str, policy: Policy) -> ShownModel:
    return ShownModel(name, owner, means, models.of(means, policy.models))
