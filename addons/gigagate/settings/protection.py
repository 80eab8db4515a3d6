"""What must not go by accident while a proxy runs: a file cut short looks like settings left out.

A protection in force is given up only by settings that say so: `none` for the variable, or the key
in config/gigachat.yaml with its value.
"""

from collections.abc import Collection, Mapping
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple, Protocol

from gigagate.errors import SettingsError
from gigagate.settings.build import Given


class SaidSettings(Protocol):
    """The settings, with what was said of them (schema.Settings)."""

    @property
    def said(self) -> frozenset[str]: ...


class _Protection(NamedTuple):
    what: str
    given_up_by: str


_PROTECTIONS: Mapping[str, _Protection] = {
    "client_keys": _Protection(
        "the client keys are gone, so anybody would be served",
        "GIGAGATE_CLIENT_KEYS=none",
    ),
    "access.hosts": _Protection(
        "the allowed host names are gone",
        "GIGAGATE_ALLOWED_HOSTS=none",
    ),
    "limits.requests_per_minute": _Protection(
        "the limit of requests a minute is gone",
        "limits.requests_per_minute: 0",
    ),
    "upstream.verify": _Protection(
        "TLS is not verified any more",
        "GIGACHAT_VERIFY_SSL_CERTS=false",
    ),
}
"""The key of the setting -> what is lost without it, and the word that allows it."""


def in_force(settings: object) -> frozenset[str]:
    """settings: of schema.Settings."""
    return frozenset(key for key in _PROTECTIONS if attrgetter(key)(settings))


def said(tree: Mapping[str, Given]) -> frozenset[str]:
    """Which of them the settings speak of at all.  tree: what was given."""
    return frozenset(key for key in _PROTECTIONS if _has(tree, key))


def check(before: Collection[str], settings: SaidSettings) -> None:
    """Raises SettingsError.  before: what was in force."""
    for key in sorted(set(before) - in_force(settings) - settings.said):
        lost = _PROTECTIONS[key]
        raise SettingsError(
            f"{lost.what}. If that is meant, say so with {lost.given_up_by}; "
            "if not, the file was cut short or is being written."
        )


def check_files(before: Mapping[Path, bytes], now: Mapping[Path, bytes]) -> None:
    """Raises SettingsError for a file that looks as if somebody were still writing it."""
    for file, old in before.items():
        new = now.get(file, b"")
        if old.strip() and not new.strip():
            raise SettingsError(
                f"{file.name} is empty or gone. If that is meant, leave a line in it that begins "
                "with #; if not, it is being written, or was moved away."
            )
        lines = file.suffix not in (".yaml", ".yml")  # what is cut there is hardly ever valid
        if lines and len(new) < len(old) and old.endswith(b"\n") and not new.endswith(b"\n"):
            raise SettingsError(f"{file.name} has become shorter and ends within a line.")


def _has(tree: Mapping[str, Given], key: str) -> bool:
    section, _, rest = key.partition(".")
    given = tree.get(section)
    if given is None or given.value is None:
        return False
    return not rest or (isinstance(given.value, Mapping) and _has(given.value, rest))
