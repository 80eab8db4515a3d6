"""Markdown as HTML; what a client wraps in a tag, such as its surroundings, is folded.

No text can make an element, an address or a picture: the rules for those are off, and all else is
escaped by the library.  A very long text is no prose, and is shown as it is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from gigagate.report_page.plain import clean, folded, if_long, safe
from gigagate.sessions.words import many

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST = 20_000
"""Characters that are taken for Markdown."""
WRAPPED = 80
"""Characters between a tag and its end that are worth folding."""

_OFF = (
    *("html_block", "html_inline", "link", "image", "autolink", "reference"),
    *("entity", "escape", "lheading"),
)
"""The last three would show something else than was said."""
_OPENS = re.compile(r"^[ \t]*<([a-zA-Z][\w-]{0,60})>", re.MULTILINE)
_CLOSES = re.compile(r"</([a-zA-Z][\w-]{0,60})>")
_OF_THE_PERSON = frozenset({"task", "user_message", "feedback", "answer", "user_query"})


def block(text: str) -> str:
    """A text at any length; long ones are folded."""
    return if_long(text, "".join(_pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    """What stands between tags, and what they wrap."""
    ends: dict[str, list[int]] = {}
    for found in _CLOSES.finditer(text):
        ends.setdefault(found[1], []).append(found.start())
    shown = 0
    for found in _OPENS.finditer(text):
        name, start = found[1], found.end()
        known = ends.get(name, ())
        place = bisect_right(known, start)
        if found.start() < shown or place == len(known) or name.lower() in _OF_THE_PERSON:
            continue
        inside = text[start : known[place]]
        if len(inside) < WRAPPED:
            continue
        yield _markdown(text[shown : found.start()])
        length = many(len(inside), "character")
        summary = f'<code>&lt;{safe(name)}&gt;</code> <span class="quiet">{length}</span>'
        yield folded(summary, f"<pre>{safe(inside.strip(chr(10)))}</pre>", "wrapped")
        shown = known[place] + len(name) + 3
    yield _markdown(text[shown:])


def _markdown(text: str) -> str:
    if not text.strip():
        return ""
    if len(text) > LONGEST:
        return f'<div class="text">{safe(text)}</div>'
    tokens = _reader().parse(clean(text))
    for token in tokens:
        token.attrs.pop("style", None)  # an aligned column's, which the page's policy forbids
    return f'<div class="prose">{_reader().renderer.render(tokens, _reader().options, {})}</div>'


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # for those who look at conversations

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    reader.disable(_OFF)
    reader.add_render_rule("heading_open", _heading)
    reader.add_render_rule("heading_close", _heading_ends)
    return reader


def _heading(*_: object) -> str:
    """The page's own headings are what a reader goes by."""
    return '<p class="title">'


def _heading_ends(*_: object) -> str:
    return "</p>"
