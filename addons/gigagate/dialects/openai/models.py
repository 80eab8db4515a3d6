"""GET /v1/models and /v1/models/{id}: GigaChat's models, and the aliases for them."""

from urllib.parse import quote

from gigagate.core import compact_json, model_map
from gigagate.core.http import UpstreamRequest
from gigagate.dialects.handler import WholeAnswers
from gigagate.dialects.upstream_json import get, parsed_object
from gigagate.gigachat.errors import unexpected


class Models(WholeAnswers):
    """Handler of the list."""

    def upstream_request(self) -> UpstreamRequest:
        return get("/models")

    def answer(self, body: bytes) -> bytes:
        data = parsed_object(body).get("data")
        if not isinstance(data, list):
            raise unexpected("a list of models without data", body)
        upstream = [model for model in data if isinstance(model, dict)]
        listed = model_map.listed(self._call.policy, upstream)
        return compact_json.dumps({"object": "list", "data": listed})


class Model(WholeAnswers):
    """Handler of one model.

    A name that chat would merely replace by the default model is not found, on purpose.
    """

    def upstream_request(self) -> UpstreamRequest:
        name = self._call.report.model_asked = self._call.item
        real = self._call.policy.aliases.get(name.lower(), name)
        return get(f"/models/{quote(real, safe='')}")

    def answer(self, body: bytes) -> bytes:
        owner = parsed_object(body).get("owned_by") or model_map.OWNER
        return compact_json.dumps(model_map.entry(self._call.item, owner))
