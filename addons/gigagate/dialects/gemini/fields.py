"""The two spellings of Google's names: camelCase, as its API has them, and snake_case.

Google's SDKs mix both in one body.  Only the API's own fields are read so: what is the client's
(the arguments of a call, the names of a schema's properties) stays as it is.
"""

import re
from collections.abc import Mapping
from typing import Any

from gigagate.core.validation import object_at

_UNDERSCORE = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")


def spelt(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields in camelCase; one that is there in both spellings counts as camelCase has it."""
    if "_" not in "".join(given):
        return given
    plain = {name: value for name, value in given.items() if "_" not in name}
    for name, value in given.items():
        plain.setdefault(_UNDERSCORE.sub(_upper, name), value)
    return plain


def fields_at(path: str, given: object) -> Mapping[str, Any]:
    """None: no fields.  Raises InvalidRequest for what is no object."""
    return {} if given is None else spelt(object_at(path, given))


def each(given: object, path: str) -> list[tuple[Any, str]]:
    """A repeated field, each item with its path; Google takes a lone item without its array."""
    if given is None:
        return []
    if not isinstance(given, list):
        return [(given, path)]
    return [(item, f"{path}[{i}]") for i, item in enumerate(given)]


def _upper(found: re.Match[str]) -> str:
    return found[1].upper()
