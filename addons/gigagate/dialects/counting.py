"""How many tokens a chat would be: by GigaChat's own count, or an estimate where it gives none."""

from collections.abc import Callable, Mapping
from typing import Any

from gigagate.core.http import Content
from gigagate.core.in_hand import InHand
from gigagate.dialects import estimate, upstream_json
from gigagate.dialects.dialect import Translation
from gigagate.gigachat import usage
from gigagate.gigachat.errors import unexpected


def ask(chat: Mapping[str, Any], call: InHand, told: Callable[[int], Content]) -> Translation:
    """told: the client's form of a count.  Raises NotFound for the model."""
    texts = list(estimate.texts(chat)) or [""]
    return Translation(
        usage.ask(chat["model"], texts, call),
        lambda body: told(tokens(chat, body)),
        instead=lambda error: told(estimate.tokens(chat)),
    )


def tokens(chat: Mapping[str, Any], body: bytes) -> int:
    """body: GigaChat's answer: a count for each text.  Raises UpstreamProtocolError."""
    counts = upstream_json.parsed(body)
    if not isinstance(counts, list):
        raise unexpected("a count that is no list", body)
    counted = sum(map(_tokens, counts))
    return counted + estimate.of_files(chat) if counted > 0 else estimate.tokens(chat)


def _tokens(count: object) -> int:
    given = count.get("tokens") if isinstance(count, dict) else None
    return given if type(given) is int else 0
