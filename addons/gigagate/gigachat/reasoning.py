"""Reasoning that a model writes into its answer, between <think> and </think>, set apart.

Only at the very beginning: anywhere else the tags are what the answer is about.
"""

from collections.abc import Callable

from gigagate.gigachat.stop import length_of_beginning

OPENING, CLOSING = "<think>", "</think>"


class ThinkSplitter:
    """The splitter of one answer, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._held = ""
        """It may yet turn out to be a tag, or the space around one."""
        self._take: Callable[[str], tuple[str, str]] = self._before

    @property
    def passes(self) -> bool:
        """The answer itself has begun: nothing is looked for any more."""
        return self._take == self._after

    def feed(self, text: str) -> tuple[str, str]:
        """What can be passed on: as reasoning, and as the answer itself."""
        return self._take(text)

    def end(self) -> tuple[str, str]:
        """What was held back, now that no more comes."""
        held, self._held = self._held, ""
        return (held, "") if self._take == self._inside else ("", held)

    def _before(self, text: str) -> tuple[str, str]:
        text = self._held + text
        begun = text.lstrip()
        if begun != OPENING and OPENING.startswith(begun):
            self._held = text
            return "", ""
        self._held = ""
        if not begun.startswith(OPENING):
            return self._go_on(self._after, text)
        return self._go_on(self._inside, begun.removeprefix(OPENING))

    def _inside(self, text: str) -> tuple[str, str]:
        text = self._held + text
        thought, closing, rest = text.partition(CLOSING)
        if closing:
            self._held = ""
            return thought, self._go_on(self._between, rest)[1]
        kept = length_of_beginning(text, (CLOSING,))
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept], ""

    def _between(self, text: str) -> tuple[str, str]:
        """The empty lines that stand between thought and answer."""
        text = text.lstrip()
        return self._go_on(self._after, text) if text else ("", "")

    def _after(self, text: str) -> tuple[str, str]:
        return "", text

    def _go_on(self, take: Callable[[str], tuple[str, str]], text: str) -> tuple[str, str]:
        self._take = take
        return take(text)
