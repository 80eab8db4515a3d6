"""Stop sequences, which GigaChat does not know: the answer is cut before the first of them.

The first is the one that is complete first, whatever chunks the text comes in; so text that may
turn out to be the beginning of one is held back.
"""

from collections.abc import Sequence


def cut(text: str, sequences: Sequence[str]) -> tuple[str, bool]:
    """The text before the first sequence, and whether there was one."""
    found = [(at + len(sequence), at) for sequence in sequences if (at := text.find(sequence)) >= 0]
    if not found:
        return text, False
    _, start = min(found)
    return text[:start], True


class StopCutter:
    def __init__(self, sequences: Sequence[str]) -> None:
        """sequences: none of them empty."""
        self.stopped = False
        """A sequence was found: nothing of the answer follows."""
        self.found: str | None = None
        """The sequence at which the answer was cut."""
        self._sequences = sequences
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be passed on."""
        whole = self._held + text
        text, self.stopped = cut(whole, self._sequences)
        if self.stopped:
            at = len(text)
            self.found = min((s for s in self._sequences if whole.startswith(s, at)), key=len)
        kept = 0 if self.stopped else length_of_beginning(text, self._sequences)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept]

    def end(self) -> str:
        """What was held back, now that no more comes."""
        held, self._held = self._held, ""
        return held


def length_of_beginning(text: str, sequences: Sequence[str]) -> int:
    """Characters at the end of the text that may begin a sequence."""
    longest = max(map(len, sequences), default=0)
    for length in range(min(longest - 1, len(text)), 0, -1):
        end = text[-length:]
        if any(sequence.startswith(end) for sequence in sequences):
            return length
    return 0
