"""Signs that two conversations are one: a summary that is quoted, messages that were kept.

A client that compacts its history begins anew, by its messages; what it took over gives it away.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from gigagate.core.any_json import parsed
from gigagate.dialects.openai.responses.items import SUMMARY
from gigagate.sessions.calls import Call, content_of
from gigagate.sessions.marks import Mark

PROBES = 3
LONGEST = 60
SHORTEST = 20
"""Characters of a line by which a quotation is known."""
ANY_MESSAGE = 40
"""Characters of a message that is not the same by chance."""
OPENING = 3
"""Messages in which a client tells the summary."""

_LINE = re.compile(r"[^<>\n]+")


def probes(text: str, made: Iterable[Call]) -> list[str]:
    """Pieces of an answer, or of what it called, that its quotation would hold."""
    whole = "\n".join((text, *(told for call in made for told in _texts(call.arguments))))
    lines = (found[0].strip() for found in _LINE.finditer(whole[:200_000]))
    return sorted((line for line in lines if len(line) >= SHORTEST), key=len)[-PROBES:]


def quoted(pieces: Sequence[str], messages: Sequence[Mapping[str, Any]]) -> bool:
    if not pieces:
        return False
    opening = "\n".join(content_of(message) for message in islice(messages, OPENING))
    return any(piece[:LONGEST] in opening for piece in pieces)


def is_preamble(message: Mapping[str, Any]) -> bool:
    """Whether it is what a client tells of its surroundings before every task."""
    text = content_of(message).lstrip()
    return message.get("role") == "user" and text[:1] == "<" and not text.startswith("<task>")


def sealed(messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of them is a summary that its client cannot read either."""
    return any(content_of(message).startswith(SUMMARY) for message in messages)


def kept(before: Sequence[Mark], now: Sequence[Mark], start: int) -> bool:
    """Whether messages of a longer history stand further to the front now."""
    known = {mark.digest for mark in before if mark.size >= ANY_MESSAGE}
    return any(mark.digest in known for mark in islice(now, start, None))


def _texts(arguments: str) -> Iterator[str]:
    try:
        value = parsed(arguments.encode(errors="replace"))
    except ValueError:
        return
    if isinstance(value, dict):
        yield from (item for item in value.values() if isinstance(item, str))
