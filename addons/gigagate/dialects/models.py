"""GET /v1/models and /v1/models/{id}: GigaChat's models, and the aliases for them."""

from urllib.parse import quote

from gigagate.core import compact_json, model_map
from gigagate.core.http import UpstreamRequest
from gigagate.dialects.handler import AnswerStream, Call
from gigagate.dialects.upstream_json import get, parsed_object
from gigagate.gigachat.errors import unexpected


class Models:
    """Handler of the list."""

    wants_stream = False

    def __init__(self, call: Call) -> None:
        self._call = call

    def upstream_request(self) -> UpstreamRequest:
        return get("/models")

    def stream(self) -> AnswerStream:
        raise NotImplementedError

    def answer(self, body: bytes) -> bytes:
        data = parsed_object(body).get("data")
        if not isinstance(data, list):
            raise unexpected("a list of models without data", body)
        upstream = [model for model in data if isinstance(model, dict)]
        listed = model_map.listed(self._call.policy, upstream)
        return compact_json.dumps({"object": "list", "data": listed})


class Model:
    """Handler of one model.

    A name that chat would merely replace by the default model is not found, on purpose.
    """

    wants_stream = False

    def __init__(self, call: Call) -> None:
        self._call = call

    def upstream_request(self) -> UpstreamRequest:
        name = self._call.report.model_asked = self._call.item
        real = self._call.policy.aliases.get(name.lower(), name)
        return get(f"/models/{quote(real, safe='')}")

    def stream(self) -> AnswerStream:
        raise NotImplementedError

    def answer(self, body: bytes) -> bytes:
        model = parsed_object(body)
        owner = model.get("owned_by") or "salutedevices"
        return compact_json.dumps(
            {"id": self._call.item, "object": "model", "created": 0, "owned_by": owner}
        )
