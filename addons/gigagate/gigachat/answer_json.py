"""GigaChat's answers, and the events of its streams, as JSON."""

from typing import Any

from gigagate.core import json_cost, strict_json
from gigagate.gigachat.errors import unexpected


def parsed(answer: bytes) -> object:
    """Raises UpstreamProtocolError."""
    try:
        return strict_json.loads(answer, json_cost.OF_GIGACHAT)
    except ValueError:
        raise unexpected("an answer that is not JSON", answer) from None


def parsed_object(answer: bytes) -> dict[str, Any]:
    """Raises UpstreamProtocolError."""
    value = parsed(answer)
    if not isinstance(value, dict):
        raise unexpected("an answer that is no JSON object", answer)
    return value


def event(data: bytes) -> dict[str, Any]:
    """One event of a stream.  Raises UpstreamProtocolError."""
    try:
        value = strict_json.loads(data)
    except ValueError:
        raise unexpected("a stream event that is not JSON", data) from None
    if not isinstance(value, dict):
        raise unexpected("a stream event that is no JSON object", data)
    return value
