"""What logs and metrics want to know of a request, filled as it becomes known."""

from dataclasses import dataclass
from typing import NamedTuple


class Usage(NamedTuple):
    """Tokens."""

    prompt: int
    """Those found in GigaChat's prompt cache included."""
    completion: int
    cached: int
    """Of the prompt: found in the prompt cache, and not billed."""


@dataclass(slots=True)
class Report:
    endpoint: str | None = None
    """A bounded set: "/chat/completions", "/models/{id}", …"""
    model_asked: str | None = None
    """As the client named it."""
    model_sent: str | None = None
    """The one GigaChat was asked for."""
    model_answered: str | None = None
    """As GigaChat named it, with its version."""
    messages: int = 0
    messages_converted: int = 0
    """Those that are not plain text of a role GigaChat has."""
    usage: Usage | None = None
    finish_reason: str | None = None
    """In OpenAI's words."""
    error: str | None = None
    """The error's code."""
