"""What was changed on the way to GigaChat: every rewrite as a sentence, then the difference."""

import difflib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from gigagate.core.any_json import list_of, object_of, parsed
from gigagate.views import pretty_json
from gigagate.views.equal import equal_at_start
from gigagate.views.facts import Facts
from gigagate.views.text import count, wrapped

MAX_LINES = 8000
"""Looked at on each side."""
MAX_COMPARED = 1500
"""The most of them that are compared, after what is equal at both ends."""
CONTEXT = 2

NOTHING_SENT = "Nothing was sent to GigaChat."
SAME = "GigaChat got what the client sent."
EXPLAINED = (
    "- what the client sent    + what GigaChat got\n"
    "Tools are shown as functions on both sides, keys in one order, long texts cut."
)


def render(client: Mapping[str, Any] | bytes, upstream: bytes, facts: Facts) -> str:
    """client: the chat in the pivot's form, or the body of what is none.
    upstream: GigaChat's body.  What is no JSON is compared as text."""
    return "\n".join([*sentences(facts), "", *difference(client, upstream)])


def sentences(facts: Facts) -> Iterator[str]:
    if facts.api:
        yield f"GigaChat's API {facts.api} was asked."
    if not facts.notes:
        yield "Nothing was changed that is worth a sentence."
        return
    things = count(len(facts.notes), "thing")
    yield f"{things} {'was' if len(facts.notes) == 1 else 'were'} changed on the way to GigaChat:"
    for note in facts.notes:
        yield wrapped(f"  • {note}", "    ")


def difference(
    one: Mapping[str, Any] | bytes,
    other: Mapping[str, Any] | bytes,
    *,
    explained: str = EXPLAINED,
    same: str = SAME,
) -> Iterator[str]:
    """explained, same: what is told of the signs, and where there is none."""
    before, after = _lines(one), _lines(other)
    cut = max(len(before), len(after)) > MAX_LINES
    if before == after:
        yield f"The first {MAX_LINES} lines are equal." if cut else same
        return
    yield explained
    yield ""
    start = equal_at_start(before, after)
    end = 0 if cut else equal_at_start(before[start:][::-1], after[start:][::-1])
    start, end = max(0, start - CONTEXT), max(0, end - CONTEXT)
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    cut = cut or max(len(before), len(after)) > MAX_COMPARED
    compared = difflib.unified_diff(
        before[:MAX_COMPARED], after[:MAX_COMPARED], n=CONTEXT, lineterm=""
    )
    for number, line in enumerate(compared):
        if line.startswith("@@"):
            if number > 2 or start:
                yield "  …"
        elif number > 1:
            indent = " " * (len(line) - len(line[1:].lstrip()) + 3)
            yield from (f"{line[0]} {piece}" for piece in wrapped(line[1:], indent).split("\n"))
    if cut:
        yield "[… what follows is too much to be compared]"


def _lines(body: Mapping[str, Any] | bytes) -> list[str]:
    try:
        value = parsed(body) if isinstance(body, bytes) else body
        return list(islice(pretty_json.lines(_comparable(value)), MAX_LINES + 1))
    except (ValueError, RecursionError):
        if not isinstance(body, bytes):
            return ["nested too deep"]
        return body.decode(errors="replace").splitlines()[: MAX_LINES + 1]


def _comparable(value: Any) -> Any:
    """What each API wraps in its own way is unwrapped, so that only real changes show."""
    if not isinstance(value, dict) or not value.keys() & _WRAPPED:
        return value
    rest = {name: item for name, item in value.items() if name not in _WRAPPED}
    rest |= object_of(value.get("model_options"))
    if "messages" in value:
        messages = value["messages"]
        rest["messages"] = [_plain(m) for m in messages] if isinstance(messages, list) else messages
    if "tools" in value:
        wrapped = [one for tool in list_of(value["tools"]) for one in _functions(tool)]
        rest["functions"] = wrapped + list_of(value.get("functions"))
    return rest


_WRAPPED = frozenset({"tools", "messages", "model_options"})


def _functions(tool: Any) -> list[Any]:
    """OpenAI's `tools` and those of GigaChat v2 wrap what v1's `functions` list."""
    of_v2 = object_of(object_of(tool).get("functions")).get("specifications")
    return list_of(of_v2) or [object_of(tool).get("function", tool)]


def _plain(message: Any) -> Any:
    """A content of one text, as GigaChat v2 has it, as that text."""
    match message:
        case {"content": [{"text": str(text)} as part]} if len(part) == 1:
            return {**message, "content": text}
    return message
