"""The marks by which an answer of GigaChat v2 names its sources, and their cutter.

    … на 3 °C.[sources=[2]] … [sources=[1, 2, 3, 5]]

The numbers are keys of inline_data.sources.  A stream may cut a mark anywhere.
"""

import re
from collections.abc import Iterator

LONGEST = 200
"""The most characters of a mark: a longer text is no mark."""

_MARK = re.compile(r"[ \t]*\[sources=\[([0-9, ]*)\]\]")
_OPENING = "[sources=["
_BEGINNING = re.compile(r"\[(s(o(u(r(c(e(s(=(\[([0-9, ]*(\]?)?)?)?)?)?)?)?)?)?)?)?")

Numbers = tuple[str, ...]


class MarkCutter:
    """The cutter of marks in one answer, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> Iterator[str | Numbers]:
        """Texts, and the numbers of marks between them; what may yet become a mark is held back."""
        if self._held:
            text, self._held = self._held + text, ""
        passed = at = 0
        while (at := text.find("[", at)) >= 0:
            begin = _before_spaces(text, at, passed)
            if found := _MARK.match(text, begin):
                if begin > passed:
                    yield text[passed:begin]
                yield tuple(part.strip() for part in found[1].split(",") if part.strip())
                passed = at = found.end()
            elif len(text) - at < LONGEST and _BEGINNING.fullmatch(text, at):
                self._held = text[begin:]
                text = text[:begin]
                break
            else:
                at += 1
        if not self._held:
            end = _before_spaces(text, len(text), passed)
            text, self._held = text[:end], text[end:]
        if len(text) > passed:
            yield text[passed:]

    def end(self) -> str:
        """What was held back, now that no more comes."""
        held, self._held = self._held, ""
        return held


def _before_spaces(text: str, at: int, least: int) -> int:
    """Where the spaces begin that stand before `at`; not more of them than a mark may have."""
    least = max(least, at - LONGEST)
    while at > least and text[at - 1] in " \t":
        at -= 1
    return at
