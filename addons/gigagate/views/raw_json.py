"""JSON as it was sent, word by word, only broken into lines: nothing is read, so nothing is lost.

A body that ends early, has a key twice or writes a number oddly shows just that.
"""

import re
from collections.abc import Iterator

from gigagate.views.text import MAX_OUTPUT, decoded

DEEPEST = 24
"""Levels of indentation; what is deeper stands no further to the right."""

_WORD = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++|"')
_EMPTY = {"{": "}", "[": "]"}


def in_lines(data: bytes) -> str:
    """Anything that does not begin as JSON does is shown as it is."""
    text = decoded(data)
    if not text.lstrip().startswith(("{", "[")) or len(data) > MAX_OUTPUT:
        return text
    return "".join(_pieces(_WORD.findall(text)))


def _pieces(words: list[str]) -> Iterator[str]:
    depth = 0
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in _EMPTY:
            yield word
            if after != _EMPTY[word]:
                depth += 1
                yield _line(depth)
        elif word in "}]":
            yield word
        elif word == ",":
            yield word + _line(depth)
        else:
            yield ": " if word == ":" else word
        if after in ("}", "]") and word not in _EMPTY:
            depth = max(0, depth - 1)
            yield _line(depth)
        elif word in _EMPTY and after != _EMPTY[word] and after in ("}", "]"):
            depth = max(0, depth - 1)


def _line(depth: int) -> str:
    return "\n" + "  " * min(depth, DEEPEST)
