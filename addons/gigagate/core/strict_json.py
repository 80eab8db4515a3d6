"""JSON as the standard has it.

Python's parser takes NaN, infinities and numbers too big for a float, which GigaChat (and most
clients) refuse; texts inside a request are read with this one, so that none of them gets through.
msgspec reads three times as fast; what it refuses Python's parser reads again, for half a surrogate
pair is valid JSON to it alone, and its errors name the place.
"""

import json
from math import isinf
from typing import Any, NoReturn

import msgspec

from gigagate.core import json_cost

_decode_fast = msgspec.json.Decoder().decode


def loads(text: str | bytes, most: int = json_cost.OF_A_CLIENT) -> Any:
    """Bytes are UTF-8.  most: bytes of memory.

    Raises ValueError for whatever is not standard JSON, nesting too deep to follow and more values
    than memory should hold included.
    """
    if json_cost.is_too_much(text, most):
        raise ValueError("it has too many values")
    try:
        return _decode_fast(text)
    except (ValueError, RecursionError):
        return _read_again(text if isinstance(text, str) else text.decode())


def _read_again(text: str) -> Any:
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
