"""Text that stays text: masked, escaped, folded where it is long."""

import re
from html import escape

from gigagate.core.redact import mask
from gigagate.sessions.words import many
from gigagate.views.text import beginning

LONG = 1500
"""Characters; what is longer is folded."""
FIRST_WORDS = 120

_NOT_SHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Also the marks that turn the direction of what follows: a text must read as it is."""


def clean(text: str) -> str:
    """With nothing in it that is not seen."""
    return _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", mask(text))


def safe(text: str) -> str:
    return escape(clean(text))


def code(text: str) -> str:
    return if_long(text, f"<pre>{safe(text)}</pre>")


def folded(summary: str, content: str, kind: str = "") -> str:
    """summary, content: HTML.  kind: a class of the style."""
    named = f' class="{kind}"' if kind else ""
    return f"<details{named}><summary>{summary}</summary>{content}</details>"


def if_long(text: str, shown: str) -> str:
    """Folded, behind the first words."""
    if len(text) <= LONG:
        return shown
    length = many(len(text), "character")
    words = safe(beginning(text, FIRST_WORDS))
    return folded(f'{words} <span class="quiet">{length}</span>', shown)
