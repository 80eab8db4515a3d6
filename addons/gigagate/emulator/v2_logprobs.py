"""Log probabilities of an answer, as documents describe them: none was ever recorded.

Made of the text, so that the same answer always has the same.
"""

import re
from typing import Any

_TOKEN = re.compile(r"\s*\S{1,5}|\s+")
_OTHERS = ("да", "нет", "the", "…", " ")


def of(text: str, top: int) -> list[dict[str, Any]]:
    """top: how many likeliest tokens are told of each place."""
    return [_place(token, number, top) for number, token in enumerate(_TOKEN.findall(text))]


def _place(token: str, number: int, top: int) -> dict[str, Any]:
    chosen = _told(token, 0)
    others = [_told(other, 1 + at) for at, other in enumerate(_OTHERS[: top - 1])]
    return {"chosen": chosen, "top": [chosen, *others]}


def _told(token: str, place: int) -> dict[str, Any]:
    return {"token": token, "token_id": 100 + place, "logprob": -0.25 - place}
