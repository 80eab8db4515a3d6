"""What one worker tells the others of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    index: int
    """1 … N; a worker that is started again keeps it."""
    pid: int
    made: float
    """By the clock that all processes of a machine have in common: time.monotonic()."""
    url: str
    """http://host:port"""
    reasons: Sequence[str]
    """Why a request to it would fail now."""
    numbers: Mapping[str, int]
    """Of the status page, those that are a sum over the workers: see hooks.status."""
    token: Mapping[str, Any]
    """As the status page tells of it, not the token itself."""
    outages: Sequence[Mapping[str, Any]]
    """As the status page tells of them."""
    recent: Sequence[Mapping[str, Any]]
    """Its last requests, as the status page has them."""
    metrics: str
    """Of this process."""
    past: str
    """Metrics of those that have died with this index."""
