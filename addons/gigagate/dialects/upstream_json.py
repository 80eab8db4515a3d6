"""What several endpoints ask of GigaChat alike, and how its answers are read."""

from gigagate.core.http import UpstreamRequest
from gigagate.gigachat.answer_json import parsed, parsed_object

__all__ = ["get", "parsed", "parsed_object"]


def get(path: str) -> UpstreamRequest:
    """path: with its API's version, "/v1/models"."""
    return UpstreamRequest("GET", path, {"Accept": "application/json"}, b"")
