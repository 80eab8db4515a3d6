"""JSON as the standard has it.

Python's parser takes NaN, infinities and numbers too big for a float, which GigaChat (and most
clients) refuse; texts inside a request are read with this one, so that none of them gets through.
"""

import json
from math import isinf
from typing import Any, NoReturn


def loads(text: str) -> Any:
    """Raises ValueError for whatever is not standard JSON, nesting too deep to follow included."""
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _finite(digits: str) -> float:
    number = float(digits)
    if isinf(number):
        raise ValueError(f"{digits} is out of range")
    return number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
