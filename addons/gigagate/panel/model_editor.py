"""The models' part of config/gigachat.yaml, changed by the panel: comments and order stay.

What is written was read first by the code that reads it at the start; the file before the change
lies beside it until the next one, and can be had back.
"""

import io
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from gigagate import private_file
from gigagate.errors import SettingsError
from gigagate.settings import text_file

NAMES = ("default", "light", "embeddings")
CHANGES = frozenset({*NAMES, "aliases", "fallback"})
BEFORE = ".before"
"""Behind the file's name: what it was before the last change."""
_NOTHING = b"# Nothing is set here: every setting is as by default.\n"
"""What stands in place of no text: a running proxy takes an empty file for one cut short."""


class ModelEditor:
    """Its methods block, and raise SettingsError with a line for people."""

    def __init__(self, file: Path, check: Callable[[Path], object]) -> None:
        """check: reads settings with that file in the place of `file`, or raises SettingsError."""
        self._file = file.resolve()  # a link to it stays one
        self._before = self._file.with_name(self._file.name + BEFORE)
        self._check = check

    @property
    def can_undo(self) -> bool:
        return self._before.is_file()

    def change(self, wanted: Mapping[str, Any]) -> None:
        """wanted: {"default", "light", "embeddings": name, "aliases": {name: name},
        "fallback": {name: [name]}}; what is not named stays."""
        old = self._content(self._file)
        new = edited(self._text(), wanted)
        if b"\r\n" in old:
            new = new.replace("\n", "\r\n")
        if new.encode() != old:
            self._replace(new.encode(), old)

    def undo(self) -> None:
        if not self.can_undo:
            raise SettingsError("There is no change to take back.")
        self._replace(self._content(self._before), self._content(self._file))

    def _content(self, file: Path) -> bytes:
        try:
            return file.read_bytes() if file.exists() else b""
        except OSError as error:
            raise SettingsError(f"{file.name} cannot be read ({error.strerror}).") from None

    def _text(self) -> str:
        try:
            return text_file.read(self._file) if self._file.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self._file.name} cannot be read: {error}.") from None

    def _replace(self, new: bytes, old: bytes) -> None:
        """Both files, or neither."""
        candidate = self._file.with_name(f".{self._file.name}.candidate")
        kept = self._file.with_name(f".{self._file.name}.kept")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._write(candidate, new if new.strip() else _NOTHING)
            self._check(candidate)
            self._write(kept, old)
            candidate.replace(self._file)
            kept.replace(self._before)
        except OSError as error:
            raise SettingsError(
                f"{self._file} cannot be written ({error.strerror}): change it by hand."
            ) from None
        except SettingsError as error:
            raise SettingsError(error.message.replace(candidate.name, self._file.name)) from None
        finally:
            candidate.unlink(missing_ok=True)
            kept.unlink(missing_ok=True)

    def _write(self, file: Path, content: bytes) -> None:
        """Whoever may read the file now may do so afterwards."""
        private_file.write(file, content)
        if self._file.exists():
            file.chmod(stat.S_IMODE(self._file.stat().st_mode))


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
    if not isinstance(models, CommentedMap):
        raise SettingsError("config/gigachat.yaml: models is no section: mend it by hand.")
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
    text = value.strip() if isinstance(value, str) else ""
    if not text or not text.isprintable() or len(text) > 200:
        raise SettingsError(f"models.{name}: the name of a model is needed.")
    return text


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
