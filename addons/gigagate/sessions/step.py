"""One request of a conversation: what was new in it, what it got, and what that has taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gigagate.core.pivot import Usage
from gigagate.sessions.calls import Call
from gigagate.sessions.parts import Parts
from gigagate.views.facts import Facts

How = Literal["began", "continued", "repeated", "branched", "compacted"]
"""How a step stands to those before it.  repeated: the very same messages once more; branched: the
client has changed its history; compacted: it has summed it up, or left a part of it out."""


@dataclass(slots=True)
class Step:
    order: int
    """Among all requests, from 1."""
    number: int
    """In its conversation, from 1."""
    how: How
    after: int | None
    """The number of the step that it goes on from."""
    messages: int
    """Messages of the conversation; instructions are not counted."""
    kept: int
    """How many of them the step before had too."""
    dropped: int
    """How many messages of the step before are not there any more."""
    added: list[Mapping[str, Any]]
    """What the client added; what GigaChat has answered before is not among them."""
    replaced: list[Mapping[str, Any]]
    """The messages of the step before in whose place these stand, in a branch."""
    instructions: str | None
    """None: as in the step before."""
    instructions_before: str | None
    """What they were, where they have changed."""
    tools: list[str] | None
    """Names; None: as in the step before."""
    facts: Facts
    began: float | None
    status: int | None
    dialect: str
    model: str
    usage: Usage | None
    parts: Parts
    window: int
    """Tokens that the model takes, question and answer together."""
    cost: float
    """Roubles."""
    text: str
    reasoning: str
    ended: str
    """A finish reason or an error's code."""
    error: str | None
    calls: list[Call] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return self.error is not None or bool(self.facts.error) or (self.status or 200) >= 400

    @property
    def full(self) -> float:
        """The share of the context window that its prompt takes."""
        return self.parts.total / self.window

    def forget(self) -> None:
        """Nothing of what was said stays; whoever still holds it knows how it ended."""
        self.added, self.replaced, self.calls = [], [], []
        self.instructions = self.instructions_before = self.tools = self.error = None
        self.text = self.reasoning = ""
        self.facts = Facts()
