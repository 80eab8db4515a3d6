"""What GigaChat v2 refused, and how to ask instead: facts that differ by host, model and account.

Only what its words or the request itself make plain is asked again; all else is the client's error.
Where its words do not say what it was, each thing that it can have been is changed alone, then all
of them together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, cast

from gigagate.core.pivot import Chat
from gigagate.gigachat import builtin_tools, errors
from gigagate.gigachat.v2.request import demands_any
from gigagate.gigachat.v2.variation import Variation

_NO_TOOL = re.compile(
    r"unknown tool [\"'`]?(\w+)|tool [\"'`]?(\w+)[\"'`]? is (?:unavailable|not)", re.I
)
_SWITCHED_OFF = re.compile(r"temporarily unavailable due to technical reasons", re.I)
_LOGPROBS = re.compile(r"logprob", re.I)
_KNOWN = re.compile(
    r"function calls count|invalid function result|response_format|context|token|model|"
    r"empty schema|function names|field '",
    re.I,
)
"""Words of errors that no other way of asking helps."""

AnyChat = Mapping[str, Any]
"""A chat whose parts may still be of any form."""


class Otherwise(NamedTuple):
    note: str
    variation: Variation = Variation()
    first: Variation = Variation()
    """What there would have been to try first, had it been known."""
    closed: bool = False
    """v2 is not open to this account."""


class _Guess(NamedTuple):
    """A thing that may have been refused."""

    note: str
    point: str
    """A field of a Variation."""
    concerns: Callable[[AnyChat], bool]


def read(
    status: int, body: bytes, first: Variation, tried: Variation, chat: Chat
) -> Otherwise | None:
    """None: nothing else is worth a try.  first: what was tried first, of this request."""
    if status not in (400, 403, 404, 422):
        return None
    said, asked = errors.words(body), cast(AnyChat, chat)
    if found := _NO_TOOL.search(said):
        return _without(found[1] or found[2], first, tried, asked)
    if tried.logprobs and _wants_logprobs(asked) and _concerns_logprobs(status, said):
        return Otherwise(_NO_LOGPROBS, tried.otherwise("logprobs"), first.otherwise("logprobs"))
    if status in (403, 404):
        closed = "model" not in said.lower() and not _SWITCHED_OFF.search(said)
        return Otherwise(f"GigaChat v1: v2 answered {status}", closed=True) if closed else None
    if _KNOWN.search(said):
        return None
    return _guessed(first, tried, asked)


def _concerns_logprobs(status: int, said: str) -> bool:
    """They need a permission: a 403 may be of theirs, or of v2 as a whole."""
    return bool(_LOGPROBS.search(said)) or (status == 403 and not _SWITCHED_OFF.search(said))


def _without(tool: str, first: Variation, tried: Variation, asked: AnyChat) -> Otherwise | None:
    kind = next((kind for kind, name in builtin_tools.TOOLS.items() if name == tool), "")
    if not kind or kind in tried.without:
        return None
    return Otherwise(
        f"without the tool {kind}: not open to this account",
        replace(tried, without=tried.without | {kind}),
        replace(first, without=first.without | {kind}),
    )


def _guessed(first: Variation, tried: Variation, asked: AnyChat) -> Otherwise | None:
    ways = list(_ways(first, asked))
    tries = [first, *(way.variation for way in ways)]
    at = tries.index(tried) if tried in tries else len(ways)
    return ways[at] if at < len(ways) else None


def _ways(first: Variation, asked: AnyChat) -> Iterator[Otherwise]:
    """All that can be tried behind the first, in this order."""
    guesses = [
        guess
        for guess in _GUESSES
        if first.otherwise(guess.point) != first and guess.concerns(asked)
    ]
    for guess in guesses:
        yield Otherwise(guess.note, first.otherwise(guess.point), first)
    if len(guesses) > 1:
        note = "; ".join(guess.note for guess in guesses)
        yield Otherwise(note, first.otherwise(*(guess.point for guess in guesses)), first)


def _has_results(asked: AnyChat) -> bool:
    return any(
        isinstance(message, dict) and message.get("role") in ("tool", "function")
        for message in asked["messages"]
    )


def _wants_logprobs(asked: AnyChat) -> bool:
    return asked.get("logprobs") is True


def _forces(asked: AnyChat) -> bool:
    choice = asked.get("tool_choice") or asked.get("function_call")
    forced = (isinstance(choice, dict) or choice == "required") and not demands_any(asked)
    return forced or asked.get("response_format") is not None


_NO_LOGPROBS = "without log probabilities: not open to this account"
_GUESSES = (
    _Guess("results in the role function: tool was refused", "role", _has_results),
    _Guess(
        "a call is demanded in words: any of several functions was refused",
        "any_of",
        demands_any,
    ),
    _Guess("the tool is not forced: that was refused", "forced", _forces),
    _Guess(_NO_LOGPROBS, "logprobs", _wants_logprobs),
)
