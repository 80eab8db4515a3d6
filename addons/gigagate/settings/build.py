"""What was given becomes the dataclasses that describe it; their type hints are the schema."""

import dataclasses
import difflib
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from gigagate.errors import SettingsError

KINDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "a section of its own",
}


class Given(NamedTuple):
    """A value, a list of Given or a dict of them, and where it stands ("file:line: key")."""

    value: Any
    where: str

    def wrong(self, what: str) -> SettingsError:
        return SettingsError(f"{self.where}: {what}")

    def expected(self, what: str) -> SettingsError:
        return self.wrong(f"expected {what}, found {KINDS.get(type(self.value), 'something else')}")


def build[T](cls: type[T], tree: Mapping[str, Given]) -> T:
    """A dataclass from what is given for its fields; an empty value (None) leaves the default."""
    hints = get_type_hints(cls, include_extras=True)
    return cls(
        **{
            name: convert(given, hints[name])
            for name, given in tree.items()
            if given.value is not None
        }
    )


def convert(given: Given, hint: Any) -> Any:
    value, origin, arguments = given.value, get_origin(hint), get_args(hint)
    if origin is Annotated:
        plain, *rules = arguments
        value = convert(given, plain)
        for rule in rules:
            try:
                value = rule(value)
            except ValueError as error:
                raise given.wrong(str(error)) from None
        return value
    if origin in (Union, types.UnionType):
        return convert(given, next(hint for hint in arguments if hint is not types.NoneType))
    if origin is Literal:
        if value is False and "off" in arguments:  # so YAML reads a bare off
            return "off"
        if value not in arguments:
            raise given.wrong(f"expected {' or '.join(arguments)}{nearest(value, arguments)}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise given.expected("a list")
        return tuple(convert(item, arguments[0]) for item in value)
    if origin is Mapping:
        if not isinstance(value, dict):
            raise given.expected("names with their values")
        return MappingProxyType({name: convert(item, arguments[1]) for name, item in value.items()})
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise given.expected("a section of settings")
        names = [field.name for field in dataclasses.fields(hint)]
        for name, item in value.items():
            if name not in names:
                raise item.wrong(f"unknown setting{nearest(name, names)}")
        return build(cast(type, hint), value)
    return scalar(given, hint)


def scalar(given: Given, kind: type) -> Any:
    value = given.value
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind and not (kind is Path and isinstance(value, Path)):
        raise given.expected(KINDS[kind])
    return value


def unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Why a file cannot be read."""
    return error.strerror or "" if isinstance(error, OSError) else "it is not UTF-8"


def nearest(
    name: object, names: Iterable[str], shown: Mapping[str, str] = MappingProxyType({})
) -> str:
    """ "; did you mean …?", or nothing if no name is near. `shown`: name -> how it is written."""
    near = difflib.get_close_matches(str(name), list(names), n=1)
    return f"; did you mean {shown.get(near[0], near[0])}?" if near else ""
