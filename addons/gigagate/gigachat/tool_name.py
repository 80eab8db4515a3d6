"""A function's name as GigaChat takes it: Latin letters, digits (not leading), "_", "-" and ".".

Letters of other alphabets are transliterated, so that the name still tells the model what the
function does. A function that is called like one of GigaChat's own would clash with it.
"""

import re

from anyascii import anyascii

BUILTINS = frozenset({"text2image", "text2model3d", "get_file_content"})
"""GigaChat v1's own functions, which a request may list by name alone."""

RESERVED = BUILTINS | {
    "web_search",
    "url_content_extraction",
    "code_interpreter",
    "image_generate",
    "model_3d_generate",
}

MAX_NAME = 64
"""Characters.  OpenAI's limit; GigaChat's is not known."""

_REFUSED = re.compile(r"[^A-Za-z0-9_.-]")
_SOFT = re.compile(r"(?<=[A-Za-z])['`](?=[A-Za-z]|$)")
"""What stands for a soft or hard sign."""


def upstream_name(name: str) -> str:
    """A name GigaChat takes, for a function the client calls `name`. Allowed names stay."""
    allowed = _REFUSED.sub("_", _in_latin(name))[:MAX_NAME]
    if not allowed or allowed[0].isdigit():
        allowed = f"_{allowed}"[:MAX_NAME]
    return allowed + "_tool" if allowed in RESERVED else allowed


class Unused:
    """Names that are not taken yet: the wanted ones, or with a number behind them.

    Counts on where it ended, so that many names that clash cost no more than as many that do not.
    """

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._next: dict[str, int] = {}

    def take(self, name: str) -> str:
        candidate, stem = name, name[: MAX_NAME - 8]
        n = self._next.get(stem, 2)
        while candidate in self._taken:
            candidate, n = f"{stem}_{n}", n + 1
        self._next[stem] = n
        self._taken.add(candidate)
        return candidate


def _in_latin(name: str) -> str:
    if name.isascii():
        return name
    latin = "".join(_letters(character) for character in name[: 4 * MAX_NAME])
    return _SOFT.sub("", latin)


def _letters(character: str) -> str:
    """ "_" for what has none, and where the library cannot open its tables."""
    if character.isascii():
        return character
    try:
        return anyascii(character) or "_"
    except (OSError, UnicodeError):
        return "_"
