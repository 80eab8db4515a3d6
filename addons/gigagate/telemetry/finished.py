"""One finished request, as accounts of it are kept.  Holds no prompt and no key."""

from dataclasses import dataclass

from gigagate.core.notes import Note
from gigagate.core.pivot import Usage

CLIENT_GONE = 499
"""The status of a request whose client left before its answer: nginx's number for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    time: float
    """Unix time of the end."""
    client: str
    """Its key's name, or ANONYMOUS."""
    method: str
    path: str
    """The path as the client wrote it, without the query.  Not bounded: for the log alone."""
    endpoint: str
    """The same, bounded: "/chat/completions", …, or "other"."""
    dialect: str
    """The API the client speaks, bounded: a name in routes.DIALECTS."""
    operation: str
    """What GigaChat was asked for, bounded: "chat", "embeddings", …; "" for nothing."""
    api: str = ""
    """GigaChat's chat API that was asked: "v1", "v2"; "" for none."""
    model: str | None
    """Bounded: GigaChat's name without its version, or "other"; None if none is concerned."""
    status: int
    finish_reason: str | None
    error: str | None
    """Its code: bounded."""
    message: str | None = None
    """What the client was told of the error.  Not bounded: for the log alone."""
    away: str = ""
    """ "away since 12:03:04": of the server that the request failed at."""
    tried: tuple[str, ...] = ()
    """The code of every attempt that failed and was repeated."""
    seconds: float
    """From the first byte of the request to the last of the answer."""
    first_byte_seconds: float | None
    """From the last byte of the request to the first of a streamed answer."""
    queue_seconds: float
    retries: int
    usage: Usage | None
    roubles: float
    messages: int
    messages_converted: int
    """Those messages that were not plain text of a role that GigaChat knows."""
    notes: tuple[Note, ...]

    @property
    def outcome(self) -> str:
        """In one word: how the model stopped, or what went wrong."""
        return self.error or self.finish_reason or ""


def cost(usage: Usage | None, price: float) -> float:
    """Roubles.  price: for a million tokens; those from the cache are free."""
    if usage is None:
        return 0
    return (usage.prompt - usage.cached + usage.completion) * price / 1_000_000
