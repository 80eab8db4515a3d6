"""What a reader finds in an answer, for people: views, the prompts log.  As far as it has come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gigagate.core import sse
from gigagate.core.any_json import list_of, object_of, parsed, text_of
from gigagate.core.pivot import Usage
from gigagate.errors import GigaGateError


@dataclass(slots=True)
class SaidChoice:
    """One answer of those asked for, in pieces."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    calls: dict[int, tuple[str, list[str]]] = field(default_factory=dict)
    """Place in the answer -> the tool's name, and the arguments in pieces."""
    finish_reason: str | None = None
    """In the pivot's words."""

    sources: dict[str, str] = field(default_factory=dict)
    """Address of a page that the answer cites -> its title."""

    def cite(self, page: Mapping[str, Any], address: str = "url") -> None:
        """address: under which name it has one."""
        if found := text_of(page.get(address)):
            self.sources.setdefault(found, text_of(page.get("title")))

    def call(self, place: int, name: str) -> list[str]:
        """The pieces of the arguments of the call that stands there."""
        return self.calls.setdefault(place, (name, []))[1]


@dataclass(slots=True)
class Said:
    """What an answer says, in whatever form it came."""

    model: str | None = None
    choices: dict[int, SaidChoice] = field(default_factory=dict)
    usage: Usage | None = None
    error: str | None = None
    error_code: str | None = None
    events: int = 0
    """The number of events of a stream."""
    complete: bool = True

    def choice(self, index: int = 0) -> SaidChoice:
        return self.choices.setdefault(index, SaidChoice())

    def fail(self, error: object, code: str = "code") -> None:
        """error: an error's object, or a text.  code: under which name it has one."""
        self.error = text_of(object_of(error).get("message") or error)
        self.error_code = text_of(object_of(error).get(code)) or None


def is_whole(body: bytes) -> bool:
    """No stream, by its first byte."""
    return body[:100].lstrip()[:1] == b"{"


def object_in(body: bytes) -> Mapping[str, Any]:
    """Raises ValueError."""
    value = parsed(body)
    if not isinstance(value, dict):
        raise ValueError("This is no JSON object.")
    return value


def events(said: Said, stream: bytes) -> Iterator[Mapping[str, Any]]:
    """The stream's, counted; what is no JSON object is passed over."""
    decoder = sse.Decoder(len(stream) + 1)
    try:
        for data in (*decoder.feed(stream), *decoder.end()):
            if data == b"[DONE]":
                said.complete = True
            elif event := _object(data):
                said.events += 1
                yield event
    except GigaGateError as error:
        said.error = error.message


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        return object_of(parsed(data))
    except ValueError:
        return {}


def joined(parts: object, *kinds: str) -> str:
    """The texts of those parts of a content that are of these types."""
    found = (object_of(part) for part in list_of(parts))
    return "".join(text_of(part.get("text")) for part in found if part.get("type") in kinds)
