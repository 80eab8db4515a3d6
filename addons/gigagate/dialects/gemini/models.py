"""GET /v1beta/models and /v1beta/models/{id}: GigaChat's models, with their real windows."""

import re
from collections.abc import Sequence
from typing import Any

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content
from gigagate.core.model_list import ShownModel
from gigagate.dialects.gemini import names

_TALKS = ["generateContent", "countTokens"]
_EMBEDS = ["embedContent", "batchEmbedContents"]
_VERSION = re.compile(r"\d+(\.\d+)*")


def listing(models: Sequence[ShownModel]) -> Content:
    """models: the proxy's aliases first."""
    by_name = {shown.name: shown for shown in models}
    for shown in models:
        for alias in names.aliases([shown.name]):
            by_name.setdefault(alias, shown._replace(name=alias))
    return Content(
        JSON, compact_json.dumps({"models": [_entry(shown) for shown in by_name.values()]})
    )


def one(shown: ShownModel) -> Content:
    return Content(JSON, compact_json.dumps(_entry(shown)))


def _entry(shown: ShownModel) -> dict[str, Any]:
    model = shown.model
    version = _VERSION.search(shown.means)
    return {
        "name": f"models/{shown.name}",
        "version": version[0] if version else "1",
        "displayName": shown.name,
        "description": f"GigaChat's model {shown.means}.",
        "inputTokenLimit": model.context_window,
        "outputTokenLimit": model.max_output,
        "supportedGenerationMethods": _EMBEDS if model.embeds else _TALKS,
    }
