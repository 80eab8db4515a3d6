"""The JSON in an answer that was to be JSON: models put code fences and words around it.

It is passed on as it comes; where it turns out not to be valid, the answer ends in an error.
"""

import re

from gigagate.core import strict_json
from gigagate.errors import TRY_AGAIN, UpstreamError

_OUTSIDE_A_STRING = re.compile(r'["{}\[\]]')
_INSIDE_A_STRING = re.compile(r'["\\]')


class JsonPicker:
    """The JSON in one answer, in whatever pieces it comes."""

    def __init__(self, opening: str) -> None:
        """opening: how the value begins, "{" or "["; "": in any other way."""
        self._opening = opening
        self._before: list[str] = []
        self._taken: list[str] = []
        self._depth = 0
        self._in_string = False
        self._escaped = False

    @property
    def _complete(self) -> bool:
        return bool(self._taken) and self._depth == 0

    def feed(self, text: str) -> str:
        """What of it belongs to the value."""
        if self._complete:
            return ""
        start = 0
        if not self._taken:
            start = text.find(self._opening) if self._opening else -1
            if start < 0:
                self._before.append(text)
                return ""
        taken = text[start : self._end_of_value(text, start)]
        self._taken.append(taken)
        return taken

    def replace(self, text: str) -> str:
        """What `feed` gives, for text that stands in place of all before it."""
        self._before.clear()
        return self.feed(text)

    def end(self, *, finished: bool) -> str:
        """What was held back.  finished: the model came to its end, so it must be valid now.

        Raises UpstreamError.
        """
        held = "" if self._taken else "".join(self._before)
        if finished:
            held = held.strip()
            try:
                strict_json.loads(held or "".join(self._taken))
            except ValueError:
                raise _not_json() from None
        return held

    def _end_of_value(self, text: str, position: int) -> int:
        while position < len(text):
            if self._escaped:
                self._escaped = False
                position += 1
                continue
            marks = _INSIDE_A_STRING if self._in_string else _OUTSIDE_A_STRING
            found = marks.search(text, position)
            if found is None:
                break
            position = found.end()
            match found[0]:
                case '"':
                    self._in_string = not self._in_string
                case "\\":
                    self._escaped = True
                case "{" | "[":
                    self._depth += 1
                case _:
                    self._depth -= 1
                    if not self._depth:
                        return position
        return len(text)


def _not_json() -> UpstreamError:
    return UpstreamError(
        "The model's answer is not valid JSON, although response_format asked for it. "
        f"{TRY_AGAIN}, or ask for a simpler schema.",
        code="generation_failed",
    )
