"""POST /v1/messages/count_tokens: by GigaChat's own count, or an estimate where it gives none."""

from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.dialects import upstream_json
from gigagate.dialects.anthropic import estimate
from gigagate.gigachat.errors import unexpected


def counted(chat: Mapping[str, Any], body: bytes) -> Content:
    """body: GigaChat's answer: a count for each text.  Raises UpstreamProtocolError."""
    counts = upstream_json.parsed(body)
    if not isinstance(counts, list):
        raise unexpected("a count that is no list", body)
    tokens = sum(map(_tokens, counts))
    if tokens <= 0:
        return estimated(chat)
    return _content(tokens + estimate.of_files(chat))


def estimated(chat: Mapping[str, Any]) -> Content:
    return _content(estimate.tokens(chat))


def _tokens(count: object) -> int:
    given = count.get("tokens") if isinstance(count, dict) else None
    return given if type(given) is int else 0


def _content(tokens: int) -> Content:
    return Content("application/json", compact_json.dumps({"input_tokens": tokens}))
