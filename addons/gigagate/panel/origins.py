"""Where a setting's value comes from: a variable of the environment or of .env, or the file."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

from gigagate.settings import environment, text_file

DEFAULT = "default"


class Origins:
    """Reads the settings' files, once.  What cannot be read has set nothing."""

    def __init__(self, sources: tuple[Path, ...], environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._files = {file: set(_names(file)) for file in sources if file.is_file()}

    def of(self, key: str) -> str:
        """The variable's name, or that of a file; DEFAULT for what nobody has set."""
        names = _variables(key)
        for name in names:
            if name in self._environ:
                return name
        for file, given in self._files.items():
            if given & {key, *names}:
                return file.name
        return DEFAULT

    def variable(self, key: str) -> str:
        """The variable that sets it, in the environment or a file; "" if none does."""
        given = {*self._environ, *(name for names in self._files.values() for name in names)}
        return next((name for name in _variables(key) if name in given), "")


def _variables(key: str) -> list[str]:
    names = [name for name, one in environment.VARIABLES.items() if one.key == key]
    return [each for one in names for each in (one, f"{one}_FILE")]


def _names(file: Path) -> list[str]:
    """Variables, or keys with dots."""
    try:
        if file.suffix in (".yaml", ".yml"):
            return list(_keys(yaml.safe_load(text_file.read(file)), ""))
        return list(dotenv_values(file, interpolate=False))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return []


def _keys(tree: Any, prefix: str) -> list[str]:
    if not isinstance(tree, dict):
        return []
    found = []
    for name, value in tree.items():
        found += [f"{prefix}{name}", *_keys(value, f"{prefix}{name}.")]
    return found
