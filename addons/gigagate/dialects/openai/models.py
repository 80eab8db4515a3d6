"""GET /v1/models and /v1/models/{id}: GigaChat's models, and the aliases for them."""

from urllib.parse import quote

from gigagate.core import compact_json, model_map
from gigagate.core.http import Content
from gigagate.core.in_hand import InHand
from gigagate.dialects.dialect import Translation
from gigagate.dialects.openai.envelope import JSON
from gigagate.dialects.upstream_json import get, parsed_object
from gigagate.gigachat.errors import unexpected


def listed(call: InHand) -> Translation:
    """The list."""

    def whole(body: bytes) -> Content:
        data = parsed_object(body).get("data")
        if not isinstance(data, list):
            raise unexpected("a list of models without data", body)
        upstream = [model for model in data if isinstance(model, dict)]
        models = model_map.listed(call.policy, upstream)
        return Content(JSON, compact_json.dumps({"object": "list", "data": models}))

    return Translation(get("/models"), whole)


def one(call: InHand) -> Translation:
    """One model.

    A name that chat would merely replace by the default model is not found, on purpose.
    """
    name = call.report.model_asked = call.item
    real = call.policy.aliases.get(name.lower(), name)

    def whole(body: bytes) -> Content:
        owner = parsed_object(body).get("owned_by") or model_map.OWNER
        return Content(JSON, compact_json.dumps(model_map.entry(name, owner)))

    return Translation(get(f"/models/{quote(real, safe='')}"), whole)
