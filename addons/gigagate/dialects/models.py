"""GET /v1/models and /v1/models/{id}: GigaChat's models, and the aliases for them."""

from typing import Any
from urllib.parse import quote

from gigagate.core import compact_json, model_map, strict_json
from gigagate.core.http import UpstreamRequest
from gigagate.dialects.handler import AnswerStream, Call
from gigagate.gigachat.errors import unexpected


class Models:
    """Handler of the list."""

    wants_stream = False

    def __init__(self, call: Call) -> None:
        self._call = call

    def upstream_request(self) -> UpstreamRequest:
        return _get("/models")

    def stream(self) -> AnswerStream:
        raise NotImplementedError

    def answer(self, body: bytes) -> bytes:
        data = _parsed(body).get("data")
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
        return _get(f"/models/{quote(real, safe='')}")

    def stream(self) -> AnswerStream:
        raise NotImplementedError

    def answer(self, body: bytes) -> bytes:
        model = _parsed(body)
        owner = model.get("owned_by") or "salutedevices"
        return compact_json.dumps(
            {"id": self._call.item, "object": "model", "created": 0, "owned_by": owner}
        )


def _get(path: str) -> UpstreamRequest:
    return UpstreamRequest("GET", path, {"Accept": "application/json"}, b"")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = strict_json.loads(body.decode())
    except ValueError:
        raise unexpected("an answer that is not JSON", body) from None
    if not isinstance(parsed, dict):
        raise unexpected("an answer that is no JSON object", body)
    return parsed
