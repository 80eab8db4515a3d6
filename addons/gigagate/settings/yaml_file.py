"""config/gigachat.yaml with the line of each key, and none given twice.

Secrets are refused here: the file is made to be shared and kept in version control.
"""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

import yaml

from gigagate.errors import SettingsError
from gigagate.settings import environment, text_file
from gigagate.settings.build import Given, nearest, unreadable

VARIABLE_OF = {variable.key: name for name, variable in environment.VARIABLES.items()}

SECRET = re.compile(r"(.*_)?(authorization|key|keys|credentials?|secret|password|token|user)")


class Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Aliases can make ten lines expand to gigabytes; a settings file needs none."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not used here", problem_mark=mark
            )
        return super().compose_node(parent, index)


def read(path: Path, root: Path, schema: type) -> dict[str, Given]:
    """The file's settings as a tree, its keys checked against `schema`; a missing file has none."""
    label = str(path.relative_to(root) if path.is_relative_to(root) else path)
    try:
        text = text_file.read(path)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{label}: cannot be read: {unreadable(error)}") from None
    tree = _parse(text, label)
    if not isinstance(tree.value, dict):
        raise tree.wrong("expected settings as `name: value`")
    _check_keys(tree.value, schema, _known(schema))
    return tree.value


def _parse(text: str, label: str) -> Given:
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        return Given({}, label) if node is None else _given(loader, node, label, "")
    except yaml.MarkedYAMLError as error:
        place = f"{label}:{error.problem_mark.line + 1}" if error.problem_mark else label
        raise SettingsError(f"{place}: not valid YAML: {error.problem}") from None
    except RecursionError:
        raise SettingsError(f"{label}: nested too deep") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SettingsError(f"{label}:{line}: not valid YAML: a control character") from None


def _given(loader: Loader, node: yaml.Node, label: str, key: str, line: int = 1) -> Given:
    where = f"{label}:{line}: {key}" if key else f"{label}:{line}"
    match node:
        case yaml.MappingNode():
            return Given(_mapping(loader, node, label, key), where)
        case yaml.SequenceNode():
            items = [
                _given(loader, item, label, f"{key}[{index}]", item.start_mark.line + 1)
                for index, item in enumerate(node.value)
            ]
            return Given(items, where)
    try:
        return Given(loader.construct_object(node), where)
    except (yaml.YAMLError, ValueError):
        raise SettingsError(f"{where}: this value is not valid YAML") from None


def _mapping(loader: Loader, node: yaml.MappingNode, label: str, parent: str) -> dict[str, Given]:
    found: dict[str, Given] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        name = key_node.value
        if not isinstance(name, str):
            raise SettingsError(f"{label}:{line}: expected a name before the colon")
        key = f"{parent}.{name}" if parent else name
        if name in found:
            raise SettingsError(f"{label}:{line}: {key}: given twice")
        found[name] = _given(loader, value_node, label, key, line)
    return found


def _check_keys(
    tree: dict[str, Given], schema: type, known: Mapping[str, str], prefix: str = ""
) -> None:
    """`known`: name of a setting -> its whole key, to tell what may have been meant."""
    hints = get_type_hints(schema)
    fields = {field.name: field for field in dataclasses.fields(schema)}
    for name, given in tree.items():
        if name in fields and "yaml" not in fields[name].metadata:
            if dataclasses.is_dataclass(section := hints[name]) and given.value is not None:
                if not isinstance(given.value, dict):
                    raise given.expected("a section of settings")
                _check_keys(given.value, cast(type, section), known, f"{name}.")
            elif name == "credentials" and isinstance(given.value, dict):
                for one, own in given.value.items():
                    if isinstance(own.value, dict):
                        _check_keys(own.value, get_args(hints[name])[1], {}, f"{name}.{one}.")
        elif variable := VARIABLE_OF.get(prefix + name):
            raise given.wrong(f"not set here but by {variable}, in .env or the environment")
        elif SECRET.fullmatch(name.lower().replace("-", "_")):
            raise given.wrong(
                "secrets are not kept here; put GIGACHAT_AUTH_KEY into .env or the environment"
            )
        else:
            raise given.wrong(f"unknown setting{nearest(name, known, known)}")


def _known(schema: type, prefix: str = "") -> dict[str, str]:
    hints = get_type_hints(schema)
    known: dict[str, str] = {}
    for field in dataclasses.fields(schema):
        if "yaml" not in field.metadata:
            known[field.name] = prefix + field.name
            if dataclasses.is_dataclass(section := hints[field.name]):
                known |= _known(cast(type, section), f"{prefix}{field.name}.")
    return known
