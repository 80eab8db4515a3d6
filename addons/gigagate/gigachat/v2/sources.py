"""What an answer of GigaChat v2 cites: its sources, and which text they stand behind."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gigagate.core.pivot import Citation, Source

_MOST = 200
"""Sources of an answer."""
_WINDOW = 600
"""Characters before a mark, in which what it cites begins."""
_SENTENCE = re.compile(r"(?:[.!?…:]\s+|\n+)(?=\S)")


class Sources:
    def __init__(self) -> None:
        self.known: dict[str, Source] = {}
        """The number that the marks have -> the source."""
        self.length = 0
        """Characters of text that have been told."""
        self._window = ""
        """The last of them, since the citation before."""

    def add(self, given: object) -> bool:
        """given: inline_data.sources.  Whether there are new ones."""
        before = len(self.known)
        for number, source in given.items() if isinstance(given, Mapping) else ():
            if len(self.known) < _MOST and (read := _source(source)) is not None:
                self.known.setdefault(str(number), read)
        return len(self.known) > before

    def told(self, text: str) -> None:
        self.length += len(text)
        self._window = (self._window + text)[-_WINDOW:]

    def interrupted(self) -> None:
        """What stands before, such as a picture, is cited by nothing that follows."""
        self._window = ""

    def cited(self, numbers: tuple[str, ...]) -> Iterator[Citation]:
        """The citations of a mark that stands here; numbers without a source are passed over."""
        text = _last_sentence(self._window)
        self._window = ""
        start = self.length - len(text)
        for number in dict.fromkeys(numbers):
            if (source := self.known.get(number)) is not None:
                yield Citation(start, self.length, text, source)

    def all(self) -> tuple[Source, ...]:
        return tuple(self.known[number] for number in sorted(self.known, key=_by_number))


def _by_number(number: str) -> tuple[int, str]:
    return (int(number), "") if number.isdecimal() and len(number) < 10 else (_MOST, number)


def _source(given: Any) -> Source | None:
    if not isinstance(given, Mapping) or not isinstance(url := given.get("url"), str):
        return None
    if not url.startswith(("https://", "http://")):
        return None
    title = given.get("title")
    return Source(url, title if isinstance(title, str) and title else url)


def _last_sentence(text: str) -> str:
    begin = 0
    for found in _SENTENCE.finditer(text):
        begin = found.end()
    return text[begin:].lstrip()
