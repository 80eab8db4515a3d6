"""Counts of tokens, as GigaChat tells them."""

from typing import Any

from gigagate.core import compact_json, model_map
from gigagate.core.http import JSON, UpstreamRequest
from gigagate.core.in_hand import InHand


def count(tokens: object) -> int:
    """A number of tokens that can be added up: 0 for whatever GigaChat wrote that is none."""
    return tokens if type(tokens) is int and 0 <= tokens < 1 << 53 else 0


def ask(model: str, texts: list[str], call: InHand) -> UpstreamRequest:
    """How many tokens texts are.  model: in the pivot.  Raises ClientError."""
    resolved = call.report.model_sent = model_map.resolve(model, call.policy, call.notes)
    body: dict[str, Any] = {"model": resolved, "input": texts}
    headers = {"Content-Type": JSON, "Accept": JSON}
    return UpstreamRequest("POST", "/v1/tokens/count", headers, compact_json.dumps_whole(body))
