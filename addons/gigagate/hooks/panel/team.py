"""The clients' part of the panel's API: keys issued, shown once, replaced, revoked; budgets."""

import time
from collections.abc import Mapping
from typing import Any

from gigagate import clients
from gigagate.clients import Budget, Clients
from gigagate.errors import InvalidRequest
from gigagate.hooks.panel.routes import only
from gigagate.settings import Settings

_NUMBERS: Mapping[str, type] = {
    "requests_per_minute": int,
    "tokens_per_day": int,
    "roubles_per_month": float,
}
_OF_A_BUDGET = frozenset({*_NUMBERS, "models", "expires"})


class Team:
    """The clients that are managed while the proxy runs.  Its methods block.

    They raise InvalidRequest or NotFound for what is asked wrongly, StoreError, SettingsError.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def told(self) -> dict[str, Any]:
        """{"clients": [{"name", "created", "revoked", "budget", "usage"}], "fixed": [name]}."""
        team = self._clients()
        rows = [
            {
                **client.as_dict(),
                "expired": client.expired(time.time()),
                "usage": team.usage(client.name)._asdict(),
            }
            for client in team.list()
        ]
        return {"clients": rows, "fixed": sorted(self._settings.client_keys.values())}

    def add(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """The new key, which is told this once."""
        only(wanted, {"name", "budget"})
        name = _name(wanted)
        return {"name": name, "key": self._clients().add(name, _budget(wanted.get("budget", {})))}

    def change(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """A budget that is left out would be one without limits."""
        only(wanted, {"name", "budget"})
        name = _name(wanted)
        self._clients().change(name, _budget(wanted.get("budget")))
        return {"name": name}

    def rotate(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        name = _name(wanted)
        return {"name": name, "key": self._clients().rotate(name)}

    def revoke(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        self._clients().revoke(_name(wanted))
        return {"name": _name(wanted), "revoked": True}

    def _clients(self) -> Clients:
        return clients.open_clients(self._settings)


def _name(wanted: Mapping[str, Any]) -> str:
    name = wanted.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidRequest("A client has a name.")
    return name


def _budget(given: object) -> Budget:
    """Raises InvalidRequest."""
    if not isinstance(given, dict):
        raise InvalidRequest("budget: a JSON object, {} for no limits.")
    only(given, _OF_A_BUDGET)
    numbers = {name: _number(name, given.get(name) or 0, kind) for name, kind in _NUMBERS.items()}
    models = given.get("models") or []
    if not isinstance(models, list) or not all(isinstance(one, str) for one in models):
        raise InvalidRequest("models: a list of names or patterns.")
    expires = given.get("expires")
    return Budget(
        **numbers,
        models=tuple(one.strip() for one in models),
        expires=None if expires is None else _number("expires", expires, float),
    )


def _number(name: str, value: object, kind: type) -> Any:
    """A part of a request a minute is not none: 0 would be no limit."""
    if isinstance(value, bool) or not isinstance(value, int | kind):
        raise InvalidRequest(f"{name}: a {'whole ' if kind is int else ''}number, 0 for no limit.")
    return value
