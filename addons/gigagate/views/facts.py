"""What is known of a request besides its bytes: rewrites, attempts, tokens, time.

Kept beside the flow as one JSON text, so that a saved flow tells it to whoever loads it.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from gigagate.core.any_json import list_of, object_of
from gigagate.core.pivot import Usage
from gigagate.core.report import Report


@dataclass(slots=True)
class Attempt:
    """One request to GigaChat."""

    status: int | None = None
    """None: no answer came."""
    seconds: float | None = None
    """Until the head of the answer."""


@dataclass(slots=True)
class Facts:
    notes: list[str] = field(default_factory=list)
    """Every rewrite, a sentence each."""
    attempts: list[Attempt] = field(default_factory=list)
    waited: float | None = None
    """Seconds before the first attempt: for a slot and for an access token."""
    first_byte: float | None = None
    """Seconds from the client's request to the first piece of GigaChat's answer."""
    total: float | None = None
    """Seconds."""
    client: str | None = None
    """The name of its key, or what its program calls itself."""
    model_asked: str | None = None
    model: str | None = None
    """The one that answered."""
    api: str | None = None
    """GigaChat's chat API that was asked: "v1", "v2"."""
    usage: Usage | None = None
    finish_reason: str | None = None
    error: str | None = None
    """The error's code."""
    ending: str | None = None
    """How a connection ended that did not end well."""
    kinds: list[str] = field(default_factory=list)
    """The kinds of rewrites: "tools", "repair", …"""
    cut: bool = False
    """GigaChat's answer was too long to be kept whole."""

    def learn(self, report: Report) -> None:
        self.model_asked = report.model_asked
        self.model = report.model_answered
        self.api = report.api or None
        self.usage = report.usage
        self.finish_reason = report.finish_reason
        self.error = report.error

    @property
    def tokens_per_second(self) -> float | None:
        if self.usage is None or self.total is None or self.first_byte is None:
            return None
        seconds = self.total - self.first_byte
        return self.usage.completion / seconds if seconds >= 0.05 else None

    def dumps(self) -> str:
        known = {name: value for name, value in asdict(self).items() if value not in (None, [])}
        return json.dumps(known, ensure_ascii=False)

    @classmethod
    def loads(cls, text: object) -> Self:
        """Loaded flows come from anybody: what is not as expected is as if it were not there."""
        try:
            known = object_of(json.loads(text)) if isinstance(text, str) else {}
        except (ValueError, RecursionError):
            known = {}
        usage = list_of(known.get("usage"))
        return cls(
            notes=_texts(known.get("notes")),
            attempts=[
                Attempt(_of(int, attempt, "status"), _of(float, attempt, "seconds"))
                for attempt in map(object_of, list_of(known.get("attempts")))
            ],
            waited=_of(float, known, "waited"),
            first_byte=_of(float, known, "first_byte"),
            total=_of(float, known, "total"),
            client=_of(str, known, "client"),
            model_asked=_of(str, known, "model_asked"),
            model=_of(str, known, "model"),
            api=_of(str, known, "api"),
            usage=Usage(*usage) if [type(n) for n in usage] == [int] * 3 else None,
            finish_reason=_of(str, known, "finish_reason"),
            error=_of(str, known, "error"),
            ending=_of(str, known, "ending"),
            kinds=_texts(known.get("kinds")),
            cut=known.get("cut") is True,
        )


def _texts(value: object) -> list[str]:
    return [text for text in list_of(value) if isinstance(text, str)]


def _of[T](kind: type[T], known: Any, name: str) -> T | None:
    value = known.get(name)
    return value if type(value) is kind else None
