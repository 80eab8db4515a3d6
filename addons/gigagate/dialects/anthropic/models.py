"""GET /v1/models and /v1/models/{id} in Anthropic's form."""

from collections.abc import Sequence
from typing import Any

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.dialects.anthropic import names
from gigagate.dialects.anthropic.parameters import MOST_TOKENS

CONTEXT = 131_072
"""Tokens that GigaChat's models take."""
_CREATED = "2025-01-01T00:00:00Z"
"""GigaChat does not tell; the field must be there."""


def listing(ids: Sequence[str]) -> Content:
    """ids: names clients can ask for, the proxy's aliases first."""
    shown = [*ids, *names.aliases(ids)]
    page: dict[str, Any] = {
        "data": [_entry(name) for name in dict.fromkeys(shown)],
        "has_more": False,
        "first_id": shown[0] if shown else None,
        "last_id": shown[-1] if shown else None,
    }
    return Content("application/json", compact_json.dumps(page))


def one(name: str) -> Content:
    return Content("application/json", compact_json.dumps(_entry(name)))


def _entry(name: str) -> dict[str, Any]:
    return {
        "type": "model",
        "id": name,
        "display_name": name,
        "created_at": _CREATED,
        "lifecycle": "active",
        "max_input_tokens": CONTEXT,
        "max_tokens": MOST_TOKENS,
    }
