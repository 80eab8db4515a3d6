"""Surrogate pairs that a stream of GigaChat v2 has cut between two events, put together again."""

_LOST = "\ufffd"


class HalfPairs:
    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """The text with whole pairs; a first half at its end is held back."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        try:
            text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return text

    def end(self) -> str:
        """What stands for a half whose other never came."""
        return _LOST if self._half else ""
