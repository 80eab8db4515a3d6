"""The models' part of config/gigachat.yaml, changed by the panel: comments and order stay.

What is written was read first by the code that reads it at the start; the file before the change
lies beside it until the next one, and can be had back.
"""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from gigagate import private_file
from gigagate.errors import SettingsError

NAMES = ("default", "light", "embeddings")
BEFORE = ".before"
"""Behind the file's name: what it was before the last change."""


class ModelEditor:
    """Its methods block, and raise SettingsError with a line for people."""

    def __init__(self, file: Path, check: Callable[[Path], object]) -> None:
        """check: reads settings with that file in the place of `file`, or raises SettingsError."""
        self._file = file
        self._before = file.with_name(file.name + BEFORE)
        self._check = check

    @property
    def can_undo(self) -> bool:
        return self._before.is_file()

    def change(self, wanted: Mapping[str, Any]) -> None:
        """wanted: {"default", "light", "embeddings": name, "aliases": {name: name},
        "fallback": {name: [name]}}; what is not named stays."""
        old = self._read()
        self._replace(edited(old, wanted).encode(), old.encode())

    def undo(self) -> None:
        if not self.can_undo:
            raise SettingsError("There is no change to take back.")
        self._replace(self._before.read_bytes(), self._read().encode())

    def _read(self) -> str:
        try:
            return self._file.read_text(encoding="utf-8") if self._file.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self._file.name} cannot be read: {error}.") from None

    def _replace(self, new: bytes, old: bytes) -> None:
        candidate = self._file.with_name(f".{self._file.name}.candidate")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            private_file.write(candidate, new)
            self._check(candidate)
            private_file.write(self._before, old)
            candidate.replace(self._file)
        except OSError as error:
            raise SettingsError(
                f"{self._file} cannot be written ({error.strerror}): change it by hand."
            ) from None
        finally:
            candidate.unlink(missing_ok=True)


def edited(text: str, wanted: Mapping[str, Any]) -> str:
    """The file's text with other models.  Raises SettingsError."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        tree = yaml.load(text)
    except YAMLError:
        raise SettingsError("config/gigachat.yaml is not valid YAML: mend it by hand.") from None
    only_comments = text if tree is None else ""
    tree = CommentedMap() if tree is None else tree
    if not isinstance(tree, CommentedMap):
        raise SettingsError("config/gigachat.yaml holds no settings: mend it by hand.")
    if tree.get("models") is None:
        tree["models"] = CommentedMap()
    models = tree["models"]
    for name in NAMES:
        if name in wanted:
            models[name] = _text(name, wanted[name])
    if "aliases" in wanted:
        models["aliases"] = _aliases(wanted["aliases"])
    if "fallback" in wanted and (wanted["fallback"] != {} or "fallback" in models):
        models["fallback"] = _fallback(wanted["fallback"])
    written = io.StringIO()
    written.write(only_comments and f"{only_comments.rstrip()}\n")
    yaml.dump(tree, written)
    return written.getvalue()


def _fallback(given: object) -> CommentedMap:
    found = CommentedMap()
    for name, instead in _named("fallback", given).items():
        if not isinstance(instead, list) or not instead:
            raise SettingsError(f"models.fallback.{name}: the names of other models are needed.")
        names = CommentedSeq(_text(f"fallback.{name}", one) for one in instead)
        names.fa.set_flow_style()
        found[_text("fallback", name)] = names
    return found


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise SettingsError(f"models.{name}: the name of a model is needed.")
    return value.strip()


def _aliases(given: object) -> CommentedMap:
    return CommentedMap(
        {
            _text("aliases", name): _text(f"aliases.{name}", meant)
            for name, meant in _named("aliases", given).items()
        }
    )


def _named(part: str, given: object) -> Mapping[Any, Any]:
    if not isinstance(given, dict) or len(given) > 1000:
        raise SettingsError(f"models.{part}: names of models are needed.")
    return given
