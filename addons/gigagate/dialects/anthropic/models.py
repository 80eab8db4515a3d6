"""GET /v1/models and /v1/models/{id} in Anthropic's form."""

from collections.abc import Sequence
from typing import Any

from gigagate.core import compact_json
from gigagate.core.http import Content
from gigagate.core.model_list import ShownModel
from gigagate.dialects.anthropic import names

_CREATED = "2025-01-01T00:00:00Z"
"""GigaChat does not tell; the field must be there."""


def listing(models: Sequence[ShownModel]) -> Content:
    """models: the proxy's aliases first."""
    by_name = {shown.name: shown for shown in models}
    for shown in models:
        for alias in names.aliases([shown.name]):
            by_name.setdefault(alias, shown._replace(name=alias))
    page: dict[str, Any] = {
        "data": [_entry(shown) for shown in by_name.values()],
        "has_more": False,
        "first_id": next(iter(by_name), None),
        "last_id": next(reversed(by_name), None),
    }
    return Content("application/json", compact_json.dumps(page))


def one(shown: ShownModel) -> Content:
    return Content("application/json", compact_json.dumps(_entry(shown)))


def _entry(shown: ShownModel) -> dict[str, Any]:
    return {
        "type": "model",
        "id": shown.name,
        "display_name": shown.name,
        "created_at": _CREATED,
        "lifecycle": "active",
        "max_input_tokens": shown.model.context_window,
        "max_tokens": shown.model.max_output,
    }
