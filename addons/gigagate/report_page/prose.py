"""Markdown-like text as HTML: blocks of code, headings, bold.  All else stays the text it is.

Everything is masked and escaped before it is looked at, so no text can make an element.
"""

import re
from collections.abc import Iterator
from html import escape

from gigagate.core.redact import mask
from gigagate.views.text import beginning, count

LONG = 1500
"""Characters; what is longer is folded."""
FIRST_WORDS = 120

_INLINE = re.compile(r"`([^`\n]{1,300})`|\*\*([^*\n]{1,300})\*\*")
_HEADING = re.compile(r"#{1,6} ")
_NOT_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Also the marks that turn the direction of what follows: a text must read as it is."""


def safe(text: str) -> str:
    return escape(_NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", mask(text)))


def block(text: str) -> str:
    """A text at any length; long ones are folded."""
    return _folded(text, "".join(_blocks(text)))


def code(text: str) -> str:
    return _folded(text, f"<pre>{safe(text)}</pre>")


def folded(summary: str, content: str) -> str:
    """summary, content: HTML."""
    return f"<details><summary>{summary}</summary>{content}</details>"


def _folded(text: str, shown: str) -> str:
    if len(text) <= LONG:
        return shown
    length = count(len(text), "character")
    words = safe(beginning(text, FIRST_WORDS))
    return folded(f'{words} <span class="quiet">{length}</span>', shown)


def _blocks(text: str) -> Iterator[str]:
    """Between fences is code; a fence that is not closed reaches to the end."""
    lines: list[str] = []
    fence = ""
    for line in mask(text).split("\n"):
        mark = line.lstrip()[:3]
        if (mark == fence and not line.strip(" `~")) if fence else mark in ("```", "~~~"):
            yield _block(lines, is_code=bool(fence))
            lines, fence = [], "" if fence else mark
        else:
            lines.append(line)
    yield _block(lines, is_code=bool(fence))


def _block(lines: list[str], *, is_code: bool) -> str:
    if not any(line.strip() for line in lines):
        return ""
    if is_code:
        return f"<pre>{safe(chr(10).join(lines))}</pre>"
    return f'<div class="text">{chr(10).join(map(_line, lines)).strip(chr(10))}</div>'


def _line(line: str) -> str:
    shown = _INLINE.sub(_inline, safe(line))
    if heading := _HEADING.match(line):
        return f"<strong>{shown[heading.end() :]}</strong>"
    return shown


def _inline(found: re.Match[str]) -> str:
    return f"<code>{found[1]}</code>" if found[1] else f"<strong>{found[2]}</strong>"
