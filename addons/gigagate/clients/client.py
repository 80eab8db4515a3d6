"""A client: its name, the hash of its key, and what it may use."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from gigagate.clients import last_day
from gigagate.errors import InvalidRequest

_MOST = 1e15


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """0, or nothing: no limit."""

    requests_per_minute: int = 0
    tokens_per_day: int = 0
    roubles_per_month: float = 0
    models: tuple[str, ...] = ()
    """GigaChat's names, or patterns of them; () for all."""
    expires: float | None = None
    """Unix time after which the key is refused."""

    @property
    def has_limit(self) -> bool:
        return bool(self.requests_per_minute or self.tokens_per_day or self.roubles_per_month)

    def check(self) -> None:
        """Raises InvalidRequest: what is no limit by mistake would let everything through."""
        for name in ("requests_per_minute", "tokens_per_day", "roubles_per_month"):
            if not 0 <= getattr(self, name) < _MOST:
                raise InvalidRequest(f"{name}: a number below {_MOST:.0e}, 0 for no limit.")
        if not all(map(str.strip, self.models)):
            raise InvalidRequest("models: a name is empty; no names at all for every model.")
        if self.expires is not None and not 0 <= self.expires <= last_day.LATEST:
            raise InvalidRequest("expires: a day from 1970 to 9999.")


class UsedSoFar(NamedTuple):
    """So far, in the running minute, day and month."""

    requests_this_minute: int
    tokens_today: int
    roubles_this_month: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    name: str
    digest: str = field(repr=False)
    """SHA-256 of its key, in hex; "" once it is revoked."""
    created: float
    """Unix time."""
    budget: Budget = Budget()

    @property
    def revoked(self) -> bool:
        return not self.digest

    def expired(self, now: float) -> bool:
        return self.budget.expires is not None and now >= self.budget.expires

    def as_dict(self) -> dict[str, Any]:
        """The client as people and programs see it, without the hash."""
        budget = {name: value for name, value in asdict(self.budget).items() if value}
        if self.budget.expires is not None:
            budget["expires"] = last_day.moment(self.budget.expires).isoformat()
            budget["last_day"] = last_day.day_of(self.budget.expires).isoformat()
        return {
            "name": self.name,
            "created": datetime.fromtimestamp(self.created, UTC).isoformat(timespec="seconds"),
            "revoked": self.revoked,
            "budget": budget,
        }

    def to_text(self) -> str:
        """The text a store keeps."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Raises ValueError, TypeError or KeyError for anything but what `to_text` has written."""
        told: Mapping[str, Any] = json.loads(text)
        budget = dict(told["budget"])
        budget["models"] = tuple(budget.get("models", ()))
        return cls(**{**told, "budget": Budget(**budget)})
