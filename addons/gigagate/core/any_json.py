"""JSON of any shape, looked into without ever failing: what is not as expected is empty."""

import json
from collections.abc import Mapping
from typing import Any


def parsed(data: bytes) -> Any:
    """Parsed JSON.  Raises ValueError, for what is nested too deep too."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deep") from None


def object_of(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def text_of(value: object) -> str:
    """A string as it is, anything else as JSON, nothing for null."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def number_of(value: object) -> int:
    return value if type(value) is int else 0
