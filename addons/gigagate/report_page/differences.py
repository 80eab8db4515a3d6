"""Two texts as one, line by line, with what has gone and what has come: coloured, and signed too.

Comparing costs the square of what differs, so texts that differ at length are told one after the
other.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby

from gigagate.core.redact import mask
from gigagate.report_page.plain import safe
from gigagate.sessions.words import many, t
from gigagate.views.equal import equal_at_start

AROUND = 2
"""Lines that stay, shown beside one that does not."""
MOST = 150
"""Lines of each that are compared."""

_SIGNS = {"same": " ", "gone": "-", "come": "+"}
type _Line = tuple[str, str]
"""One of _SIGNS, and the text."""


def between(before: str, after: str) -> str:
    """Both whole: what is masked is masked in the whole text."""
    told = _shortened(list(_lines(mask(before).split("\n"), mask(after).split("\n"))))
    return f'<pre class="diff">{"".join(map(_shown, told))}</pre>'


def signed(text: str) -> str:
    """A text whose lines say by themselves what has gone and come: a patch."""
    kinds = {"-": "gone", "+": "come"}
    lines = (
        f'<span class="{kinds[line[0]]}">{safe(line)}</span>'
        if line[:1] in kinds
        else f"<span>{safe(line)}</span>"
        for line in mask(text).split("\n")
    )
    return f'<pre class="diff">{"".join(lines)}</pre>'


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[_Line]:
    start = equal_at_start(before, after)
    end = equal_at_start(before[start:][::-1], after[start:][::-1])
    yield from (("same", line) for line in before[:start])
    yield from _compared(
        before[start : len(before) - end],
        after[start : len(after) - end],
    )
    yield from (("same", line) for line in before[len(before) - end :])


def _compared(before: Sequence[str], after: Sequence[str]) -> Iterator[_Line]:
    if max(len(before), len(after)) > MOST:
        yield from (("gone", line) for line in before)
        yield from (("come", line) for line in after)
        return
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (("same", line) for line in before[i:j])
        else:
            yield from (("gone", line) for line in before[i:j])
            yield from (("come", line) for line in after[k:m])


def _shortened(lines: Sequence[_Line]) -> Iterator[_Line]:
    """What stays far from any difference is counted."""
    near: set[int] = set()
    for place, (kind, _) in enumerate(lines):
        if kind != "same":
            near.update(range(place - AROUND, place + AROUND + 1))
    for shown, places in groupby(range(len(lines)), near.__contains__):
        if shown:
            yield from (lines[place] for place in places)
        else:
            yield "left", t("… {lines} the same …", lines=many(len(list(places)), "line"))


def _shown(line: _Line) -> str:
    kind, text = line
    return f'<span class="{kind}">{_SIGNS.get(kind, " ")} {safe(text)}</span>'
