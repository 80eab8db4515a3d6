"""What serves an endpoint: it translates one client request, and the answer to it.

A new endpoint is a file with a Handler beside this one and a line in routes.py.
"""

from dataclasses import dataclass, field
from typing import Protocol

from gigagate.core.http import ClientRequest, Content, UpstreamRequest
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.core.shelf import Shelf
from gigagate.gigachat.pictures import Pictures


@dataclass(frozen=True, slots=True)
class Call:
    """One client request in hand, and what becomes known of it."""

    request: ClientRequest
    policy: Policy
    request_id: str
    """Hexadecimal digits."""
    now: int
    """Unix seconds."""
    notes: Notes
    report: Report
    item: str = ""
    """What stands for {id} in the path."""
    shelf: Shelf = field(default_factory=Shelf)
    """What is kept from one request to the next."""
    pictures: Pictures = field(init=False)

    def __post_init__(self) -> None:
        pictures = Pictures(self.policy.files, self.request, self.now)
        object.__setattr__(self, "pictures", pictures)


class AnswerStream(Protocol):
    ended: bool
    """The client has its proper end: nothing more is read or written."""
    cut: bool
    """It has it although GigaChat's answer goes on."""

    def feed(self, chunk: bytes, out: list[bytes]) -> None:
        """Appends what the client gets to `out`.  b"": GigaChat's bytes end here.

        Raises GigaGateError.
        """


class WholeAnswers:
    """What handlers that never stream have in common."""

    wants_stream = False

    def __init__(self, call: Call) -> None:
        self._call = call

    def stream(self) -> AnswerStream:
        raise NotImplementedError


class Handler(Protocol):
    wants_stream: bool
    """Known after upstream_request()."""

    def __init__(self, call: Call) -> None: ...

    def upstream_request(self) -> UpstreamRequest | Content:
        """Content: the answer, without asking GigaChat.  Raises ClientError."""

    def stream(self) -> AnswerStream:
        """For a 200 that is a stream.  Called only if wants_stream."""

    def answer(self, body: bytes) -> bytes | Content:
        """For any other 200: JSON, or the whole stream if wants_stream.  Raises UpstreamError."""
