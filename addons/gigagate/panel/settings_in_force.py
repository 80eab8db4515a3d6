"""The settings in force, for people: each with its value, its default, and secrets as dots."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gigagate.panel.origins import Origins
from gigagate.settings import environment
from gigagate.settings.secret import Secret

HIDDEN = "•••"
_NOT_SHOWN = ("sources", "said", "warnings", "upstream.ways")
_SECRETS = ("client_keys", "webhook")
_NAMES: Mapping[str, str] = {
    variable.key: name for name, variable in reversed(list(environment.VARIABLES.items()))
}


def told(settings: Any) -> list[dict[str, Any]]:
    """Rows {"key", "variable", "value", "changed", "from"}.  settings: of schema.Settings."""
    return list(_rows(settings, "", Origins(settings.sources)))


def _rows(section: Any, prefix: str, origins: Origins) -> Iterator[dict[str, Any]]:
    for field in dataclasses.fields(section):
        key, value = prefix + field.name, getattr(section, field.name)
        if key in _NOT_SHOWN:
            continue
        if dataclasses.is_dataclass(value):
            yield from _rows(value, f"{key}.", origins)
            continue
        yield {
            "key": key,
            "variable": _NAMES.get(key, ""),
            "value": _shown(key, value),
            "changed": _default(field) != value,
            "from": origins.of(key),
        }


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _shown(key: str, value: object) -> Any:
    if isinstance(value, Secret):
        return HIDDEN
    if key in _SECRETS:
        return ", ".join(value.values()) if isinstance(value, Mapping) else value and HIDDEN
    if isinstance(value, Mapping):
        return {str(name): str(one) for name, one in value.items()}
    if isinstance(value, tuple | frozenset | list):
        return [str(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
