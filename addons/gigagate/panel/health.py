"""How GigaChat is, in one colour: green only if the last answer, or the last question, was good."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Health(NamedTuple):
    mood: str
    """ "good", "warn", "bad" or "calm"."""
    state: str
    """A word of the texts."""
    since: float | None = None
    """Unix seconds."""
    detail: str = ""


class Gone(NamedTuple):
    """A server that did not answer the last time."""

    since: float
    reason: str


def health(
    state: Mapping[str, Any], reasons: Sequence[str], gone: Sequence[Gone], now: float
) -> Health:
    """state: of hooks/about/status.py.  reasons: why a request would fail now."""
    for outage in state["outages"]:
        return Health("warn", "away", round(now - outage["seconds"]), outage["message"])
    for server in gone:
        return Health("warn", "away", round(server.since), server.reason)
    broken = [one for one in state["credentials"] if one["problem"]]
    if broken and len(broken) < len(state["credentials"]):
        return Health("warn", "partly", None, f"{broken[0]['name']}: {broken[0]['problem']}")
    token = state["token"]
    has_token = token["seconds_left"] is not None
    if reasons and (has_token or token["last_error"] is not None):
        return Health("bad", "trouble", None, reasons[0])
    if broken:
        return Health("warn", "away", None, broken[0]["problem"])
    answered = any(one["status"] == 200 for one in state["recent"][:1])
    return Health("good", "good") if answered or has_token else Health("calm", "waiting")
