"""The words of an answer on their way to the client, whole or in pieces.

Reasoning is told apart, the answer is cut at the client's stop sequences, and where it was to be
JSON, whatever stands around the JSON goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gigagate.core.policy import Reasoning
from gigagate.gigachat.json_answer import JsonPicker
from gigagate.gigachat.reasoning import CLOSING, OPENING, ThinkSplitter
from gigagate.gigachat.stop import StopCutter


class Piece(NamedTuple):
    """What the client gets."""

    text: str = ""
    reasoning: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the request says of the words of its answer."""

    reasoning: Reasoning = "separate"
    stop: Sequence[str] = ()
    """Sequences to cut the answer at, none of them empty."""
    json_opening: str | None = None
    """How the JSON begins that the answer is to be; None for an answer in plain text."""


class AnswerWords:
    def __init__(self, wording: Wording) -> None:
        self.stopped = False
        """At a stop sequence: nothing of the answer follows."""
        self.stop_sequence: str | None = None
        """The one at which it was cut."""
        self.characters = 0
        """What the model has said so far."""
        is_json = wording.json_opening is not None
        inline_json = is_json and wording.reasoning == "inline"
        self._reasoning: Reasoning = "separate" if inline_json else wording.reasoning
        self._tag_is_open = False
        self._think = ThinkSplitter()
        self._stop = StopCutter(wording.stop)
        self._cuts = bool(wording.stop)
        self._json = JsonPicker(wording.json_opening or "") if is_json else None

    @property
    def pass_as_they_are(self) -> bool:
        """Until there is reasoning again, `content` would change nothing and hold nothing back."""
        return (
            self._think.passes and not self._tag_is_open and self._json is None and not self._cuts
        )

    def content(self, text: str) -> Piece:
        self.characters += len(text)
        thought, text = self._think.feed(text)
        return self._placed(self._cut(text), thought)

    def reasoning(self, text: str) -> Piece:
        self.characters += len(text)
        return self._placed("", text)

    def json_arguments(self, arguments: str) -> Piece:
        """The arguments of the function that stands for the answer, in place of words."""
        self.characters += len(arguments)
        assert self._json is not None
        return self._placed(self._json.replace(arguments), "")

    def end(self, *, finished: bool) -> Piece:
        """What was held back.  finished: the answer is all that the model had to say.

        Raises UpstreamError where JSON was wanted and is not there.
        """
        thought, text = self._think.end()
        text = self._cut(text)
        if not self.stopped:
            held = self._stop.end()
            text += held if self._json is None else self._json.feed(held)
        if self._json is not None:
            text += self._json.end(finished=finished and not self.stopped)
        said = self._placed(text, thought)
        if self._tag_is_open:
            said = Piece(said.text + CLOSING)
        return said

    def _cut(self, text: str) -> str:
        if not text:
            return ""
        text = self._stop.feed(text)
        self.stopped, self.stop_sequence = self._stop.stopped, self._stop.found
        return text if self._json is None else self._json.feed(text)

    def _placed(self, text: str, thought: str) -> Piece:
        if self._reasoning == "separate":
            return Piece(text, thought)
        if self._reasoning == "drop":
            return Piece(text)
        if thought and not self._tag_is_open:
            self._tag_is_open = True
            thought = f"{OPENING}\n{thought}"
        if text and self._tag_is_open:
            self._tag_is_open = False
            text = f"\n{CLOSING}\n\n{text}"
        return Piece(thought + text)
