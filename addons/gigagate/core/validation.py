"""The one way a wrong type in a request is told: by the path of the field."""

from typing import Any

from gigagate.errors import InvalidRequest

_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}


def wrong_type(path: str, expected: str, value: object) -> InvalidRequest:
    """path: as in "messages[2].content". expected: as in "a string". Never shows the value."""
    got = _NAMES.get(type(value), "that")
    what_came = "" if expected.startswith(got) else f", not {got}"
    return InvalidRequest(f"{path} must be {expected}{what_came}.", param=path)


def object_at(path: str, value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise wrong_type(path, "an object", value)


def array_at(path: str, value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    raise wrong_type(path, "an array", value)


def objects_at(path: str, value: object) -> list[dict[str, Any]]:
    items = array_at(path, value)
    for index, item in enumerate(items):
        if type(item) is not dict:
            object_at(f"{path}[{index}]", item)
    return items


def text_at(path: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise wrong_type(path, "a string", value)
