"""What the emulator received: the witness of every test that asks what went over the wire."""

import json
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Received:
    """One request and what became of it.  `headers` are as sent: order, case and repeats kept."""

    connection: int
    method: str
    target: str
    headers: list[tuple[str, str]] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    json: Any = field(default=None, repr=False)
    """The body parsed, or None when it is not JSON."""
    status: int | None = None
    """Answered status; None as long as no answer has begun."""
    client_closed: bool = False
    """The client left before it had the whole answer."""
    certificate: str | None = None
    """The common name of the client's certificate, if it has shown one."""
    events: int = 0
    """Server-sent events given to the client."""
    time: float = field(default_factory=time.time)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def take_body(self, body: bytes) -> None:
        self.body = body
        if "json" in (self.header("content-type") or ""):
            try:
                self.json = json.loads(body, parse_constant=_not_json)
            except ValueError:
                self.json = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "connection": self.connection,
            "method": self.method,
            "target": self.target,
            "headers": self.headers,
            "body": self.body.decode("utf-8", "replace"),
            "json": self.json,
            "certificate": self.certificate,
            "status": self.status,
            "client_closed": self.client_closed,
            "events": self.events,
            "time": self.time,
        }

    def line(self) -> str:
        """A line for a terminal, without headers and prompts."""
        left = "  client left" if self.client_closed else ""
        events = f"  {self.events} events" if self.events else ""
        return f"{self.method} {self.path}  {self.status or '-'}  {len(self.body)} B{events}{left}"


def _not_json(constant: str) -> None:
    raise ValueError(constant)


class RequestLog(list[Received]):
    """A list that forgets its oldest half when it is full."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def add(self, received: Received) -> None:
        self.append(received)
        if len(self) > self._limit:
            del self[: self._limit // 2]
