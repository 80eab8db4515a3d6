"""GET /v1/models, /v1/models/{id} and /v1/model/info: GigaChat's models, and the aliases for them.

OpenAI's own list tells of no model how much it holds; many clients look for it there all the same,
and those that were made for LiteLLM's proxy ask for /model/info.
"""

from collections.abc import Sequence
from typing import Any

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content
from gigagate.core.in_hand import InHand
from gigagate.core.model_list import ShownModel
from gigagate.dialects import listing
from gigagate.dialects.dialect import Translation


def listed(call: InHand) -> Translation | Content:
    """The list."""
    return listing.ask(call, _list)


def one(call: InHand) -> Translation | Content:
    """One model."""
    return listing.ask_one(call, lambda shown: _told(_entry(shown)))


def info(call: InHand) -> Translation | Content:
    """The list as LiteLLM's proxy has it."""
    return listing.ask(call, _infos)


def _list(models: Sequence[ShownModel]) -> Content:
    return _told({"object": "list", "data": [_entry(shown) for shown in models]})


def _infos(models: Sequence[ShownModel]) -> Content:
    return _told({"data": [_info(shown) for shown in models]})


def _entry(shown: ShownModel) -> dict[str, Any]:
    """OpenAI's four fields, and those beside them that clients look for."""
    model = shown.model
    entry = {
        "id": shown.name,
        "object": "model",
        "created": 0,
        "owned_by": shown.owner,
        "context_window": model.context_window,
        "max_output_tokens": model.max_output,
        "supports_vision": model.pictures,
        "supports_function_calling": model.functions,
    }
    if model.price is not None:
        entry["roubles_per_million_tokens"] = model.price
    return entry


def _info(shown: ShownModel) -> dict[str, Any]:
    """Without a price: LiteLLM's are in dollars."""
    model = shown.model
    return {
        "model_name": shown.name,
        "litellm_params": {"model": shown.means},
        "model_info": {
            "id": shown.name,
            "mode": "embedding" if model.embeds else "chat",
            "max_tokens": model.max_output,
            "max_input_tokens": model.context_window,
            "max_output_tokens": model.max_output,
            "supports_vision": model.pictures,
            "supports_function_calling": model.functions,
        },
    }


def _told(value: object) -> Content:
    return Content(JSON, compact_json.dumps(value))
