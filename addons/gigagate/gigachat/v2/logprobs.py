"""Log probabilities: how GigaChat v2 is asked for them, and where its answers have them.

    "logprobs": [{"chosen": {"token", "token_id", "logprob"}, "top": [{…}, …]}, …]

Documents have them in a part of the content, in the message or beside the messages; none was ever
recorded, so all three are read.
"""

from collections.abc import Iterator
from typing import Any

from gigagate.core.logprobs import TokenLogprob
from gigagate.core.notes import Notes
from gigagate.gigachat.v1.parameters import TABLE

MOST = 5
"""Likeliest tokens of each place that GigaChat tells."""


def asked_for(chat: dict[str, Any], notes: Notes) -> int | None:
    """How many likeliest tokens the client wants of each place; None: no log probabilities.

    Takes what asks for them out of the chat.  Raises InvalidRequest.
    """
    if TABLE["logprobs"].accepts.check("logprobs", chat.get("logprobs") or False) is not True:
        return None
    top = TABLE["top_logprobs"].accepts.check("top_logprobs", chat.get("top_logprobs") or 0)
    chat.pop("logprobs")
    chat.pop("top_logprobs", None)
    if top > MOST:
        notes.add("parameter", f"top_logprobs was out of range -> {MOST}")
    return min(int(top), MOST)


def read(given: object, top: int) -> Iterator[TokenLogprob]:
    """given: a list as above; what is none is passed over.  top: how many alternatives are told."""
    for place in given if isinstance(given, list) else ():
        if isinstance(place, dict) and (chosen := _token(place.get("chosen"))) is not None:
            others = place.get("top")
            known = map(_token, others if isinstance(others, list) else ())
            yield chosen._replace(top=tuple(one for one in known if one is not None)[:top])


def _token(given: object) -> TokenLogprob | None:
    if not isinstance(given, dict) or not isinstance(token := given.get("token"), str):
        return None
    logprob = given.get("logprob")
    is_number = isinstance(logprob, int | float) and not isinstance(logprob, bool)
    return TokenLogprob(token, float(logprob)) if is_number else None  # type: ignore[arg-type]
