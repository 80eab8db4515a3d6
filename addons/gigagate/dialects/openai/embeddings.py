"""POST /v1/embeddings.

GigaChat v1 takes a string or strings, all in one request, and tells the tokens of each; it has no
base64 and one size of vector a model.
"""

import struct
from base64 import b64encode
from typing import Any

from gigagate.core import compact_json, model_map
from gigagate.core.http import UpstreamRequest
from gigagate.core.parameter_table import Row, Table
from gigagate.core.report import Usage
from gigagate.core.validation import text_at, wrong_type
from gigagate.core.value_types import Choice, Number
from gigagate.dialects import upstream_json
from gigagate.dialects.handler import WholeAnswers
from gigagate.dialects.json_body import parse_object
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.gigachat.errors import unexpected
from gigagate.gigachat.v1.response import count

TABLE = Table(
    Row("model", "translated", reason="Through the alias table."),
    Row("input", "translated", reason="A string or strings; token ids are refused."),
    Row(
        "encoding_format",
        "emulated",
        Choice(("float", "base64")),
        reason="GigaChat sends numbers: the proxy encodes them.",
    ),
    Row(
        "dimensions",
        "emulated",
        Number(1, integer=True),
        reason="Refused with a 400 where it is not the model's own size.",
    ),
    Row("user", "dropped", reason="It does not change the answer; GigaChat has no such parameter."),
)


class Embeddings(WholeAnswers):
    """Handler."""

    def upstream_request(self) -> UpstreamRequest:
        asked = parse_object(self._call.request.body)
        name = self._call.report.model_asked = text_at("model", asked.get("model"))
        TABLE.translate(asked, self._call.policy, self._call.notes)
        self._base64 = asked.get("encoding_format") == "base64"
        self._dimensions = asked.get("dimensions")
        self._model = model_map.resolve_embedder(name, self._call.policy, self._call.notes)
        body = compact_json.dumps({"model": self._model, "input": _texts(asked.get("input"))})
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return UpstreamRequest("POST", "/embeddings", headers, body)

    def answer(self, body: bytes) -> bytes:
        answer = upstream_json.parsed(body)
        items = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or not isinstance(items, list):
            raise unexpected("embeddings without data", body)
        model = answer.get("model") or self._model
        self._call.report.model_answered = model
        data = [self._embedding(index, item) for index, item in enumerate(items)]
        tokens = sum(_tokens(item) for item in items)
        self._call.report.usage = Usage(tokens, 0, 0)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return compact_json.dumps({"object": "list", "data": data, "model": model, "usage": usage})

    def _embedding(self, index: int, item: object) -> dict[str, Any]:
        vector = item.get("embedding") if isinstance(item, dict) else None
        if not isinstance(vector, list):
            raise unexpected("an embedding without a vector")
        if self._dimensions not in (None, len(vector)):
            raise UnsupportedFeature(
                f"dimensions must be {len(vector)} or left out: {self._model} has vectors of that "
                "one size, and shortened ones would not mean the same.",
                param="dimensions",
            )
        return {
            "object": "embedding",
            "index": index,
            "embedding": _in_base64(vector) if self._base64 else vector,
        }


def _texts(given: object) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list):
        raise wrong_type("input", "a string or an array of strings", given)
    if not texts:
        raise InvalidRequest("input is empty: there is nothing to embed.", param="input")
    for index, text in enumerate(texts):
        if isinstance(text, int | list):
            raise UnsupportedFeature(
                "input holds token ids, which are another model's: send text. "
                "(LangChain: OpenAIEmbeddings(check_embedding_ctx_length=False).)",
                param="input",
            )
        if not text_at(f"input[{index}]", text):
            raise InvalidRequest(f"input[{index}] is empty.", param=f"input[{index}]")
    return texts


def _in_base64(vector: list[Any]) -> str:
    """Little-endian 32-bit floats, as OpenAI's."""
    try:
        return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    except (struct.error, OverflowError):
        raise unexpected("an embedding that holds no numbers") from None


def _tokens(item: dict[str, Any]) -> int:
    usage = item.get("usage")
    tokens = usage.get("prompt_tokens") if isinstance(usage, dict) else None
    return count(tokens)
