"""What several endpoints ask of GigaChat alike, and how its answers are read."""

from typing import Any

from gigagate.core import strict_json
from gigagate.core.http import UpstreamRequest
from gigagate.gigachat.errors import unexpected


def get(path: str) -> UpstreamRequest:
    return UpstreamRequest("GET", path, {"Accept": "application/json"}, b"")


def parsed(answer: bytes) -> object:
    """Raises UpstreamProtocolError."""
    try:
        return strict_json.loads(answer)
    except ValueError:
        raise unexpected("an answer that is not JSON", answer) from None


def parsed_object(answer: bytes) -> dict[str, Any]:
    """Raises UpstreamProtocolError."""
    value = parsed(answer)
    if not isinstance(value, dict):
        raise unexpected("an answer that is no JSON object", answer)
    return value
