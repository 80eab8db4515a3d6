"""Requests and answers as plain values: what an Exchange takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientRequest:
    method: str
    path: str
    """Without the query."""
    headers: Mapping[str, str]
    """Names in lower case, nothing secret among them."""
    body: bytes
    client: str = ""
    """Who asks, if client keys have names: keeps the prompt caches of clients apart."""


@dataclass(frozen=True, slots=True)
class UpstreamRequest:
    method: str
    path: str
    """Below GigaChat's base URL: "/chat/completions"."""
    headers: Mapping[str, str]
    """Without Host, User-Agent and Authorization: those belong to the connection."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer for the client."""

    status: int
    headers: Mapping[str, str]
    body: bytes
