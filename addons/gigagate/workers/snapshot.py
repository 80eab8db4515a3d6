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
    """The time by the clock that all processes of a machine share: time.monotonic()."""
    url: str
    """http://host:port"""
    reasons: Sequence[str]
    """Why a request to it would fail now."""
    numbers: Mapping[str, int]
    """The status page's numbers that are a sum over the workers (hooks/about/status.py)."""
    token: Mapping[str, Any]
    """What the status page tells of it, not the token itself."""
    credentials: Sequence[Mapping[str, Any]]
    """What is told of each."""
    outages: Sequence[Mapping[str, Any]]
    """What the status page tells of them."""
    recent: Sequence[Mapping[str, Any]]
    """Its last requests, as the status page has them."""
    metrics: str
    """The metrics of this process."""
    past: str
    """Metrics of those that have died with this index."""
