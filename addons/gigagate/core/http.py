"""Requests and answers as plain values: what an Exchange takes and gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from gigagate.core.attachment import FileIds, WantedFile

JSON = "application/json"
ANONYMOUS = "anonymous"
"""What a client without a key, or with a wrong one, is called where requests are counted."""


class Head(NamedTuple):
    """What is known of a request before its body."""

    method: str
    path: str
    """The path as the client sent it, with the query."""
    headers: Mapping[str, str]
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class ClientRequest:
    method: str
    path: str
    """The path as the client sent it, with the query."""
    headers: Mapping[str, str]
    """Names in lower case, nothing secret among them."""
    body: bytes
    client: str = ""
    """Who asks, if client keys have names: keeps prompt caches and files of clients apart."""
    base_url: str = ""
    """Ours, as the client reaches us: "http://localhost:4000/v1"."""

    @property
    def head(self) -> Head:
        return Head(self.method, self.path, self.headers)


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    method: str
    path: str
    """Below GigaChat's base URL, with the version of its API: "/v1/chat/completions"."""
    headers: Mapping[str, str]
    """Without Host, User-Agent and Authorization: those belong to the connection."""
    body: bytes
    files: tuple[WantedFile, ...] = ()
    """What GigaChat must have first: `with_files` makes the request that can be sent."""
    body_with: Callable[[FileIds], bytes] | None = None
    in_one_piece: bool = True
    """GigaChat says nothing of its answer before all of it: no stream, or functions."""

    def with_files(self, ids: FileIds) -> "UpstreamRequest":
        assert self.body_with is not None
        return replace(self, body=self.body_with(ids))


class Content(NamedTuple):
    """The body of an answer."""

    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer for the client."""

    status: int
    headers: Mapping[str, str]
    body: bytes
