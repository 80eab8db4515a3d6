"""What logs and metrics want to know of a request, filled as it becomes known."""

from dataclasses import dataclass

from gigagate.core.pivot import Usage


@dataclass(slots=True)
class Report:
    dialect: str = "openai"
    """The API that the client speaks, by its name in routes.DIALECTS."""
    operation: str = ""
    """What is asked of GigaChat: "chat", "embeddings", "files", …; "" before that is known."""
    endpoint: str | None = None
    """A bounded set: "/chat/completions", "/models/{id}", …"""
    model_asked: str | None = None
    """The name the client gave it."""
    model_sent: str | None = None
    """The one GigaChat was asked for."""
    model_answered: str | None = None
    """The name GigaChat gave it, with its version."""
    messages: int = 0
    messages_converted: int = 0
    """Those that are not plain text of a role GigaChat has."""
    usage: Usage | None = None
    api: str = ""
    """GigaChat's chat API that was asked: "v1", "v2"; "" where it is no chat."""
    finish_reason: str | None = None
    """In OpenAI's words."""
    stop_sequence: str | None = None
    """The client's, at which the proxy cut the answer."""
    error: str | None = None
    """The error's code."""
    error_message: str | None = None
    """The sentence the client was told."""
