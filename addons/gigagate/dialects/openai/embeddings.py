"""POST /v1/embeddings.

GigaChat v1 takes a string or strings, all in one request, and tells the tokens of each; it has no
base64 and one size of vector a model.
"""

import struct
from base64 import b64encode
from typing import Any, NamedTuple

from gigagate.core import compact_json, model_map
from gigagate.core.http import JSON, Content, UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.parameter_table import Row, Table
from gigagate.core.pivot import Usage
from gigagate.core.report import Report
from gigagate.core.validation import text_at, wrong_type
from gigagate.core.value_types import Choice, Number
from gigagate.dialects import upstream_json
from gigagate.dialects.dialect import Translation
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


def translate(call: InHand) -> Translation:
    """Raises ClientError."""
    asked = parse_object(call.request.body)
    name = call.report.model_asked = text_at("model", asked.get("model"))
    TABLE.translate(asked, call.policy, call.notes)
    model = model_map.resolve_embedder(name, call.policy, call.notes)
    body = compact_json.dumps_whole({"model": model, "input": _texts(asked.get("input"))})
    headers = {"Content-Type": JSON, "Accept": JSON}
    wanted = _Wanted(model, asked.get("dimensions"), asked.get("encoding_format") == "base64")
    upstream = UpstreamRequest("POST", "/embeddings", headers, body)
    return Translation(upstream, lambda answer: _whole(answer, wanted, call.report))


class _Wanted(NamedTuple):
    model: str
    dimensions: int | None
    base64: bool


def _whole(body: bytes, wanted: _Wanted, report: Report) -> Content:
    answer = upstream_json.parsed(body)
    items = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(items, list):
        raise unexpected("embeddings without data", body)
    model = report.model_answered = answer.get("model") or wanted.model
    data = [_embedding(index, item, wanted) for index, item in enumerate(items)]
    tokens = sum(_tokens(item) for item in items)
    report.usage = Usage(tokens, 0, 0)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    told = {"object": "list", "data": data, "model": model, "usage": usage}
    return Content(JSON, compact_json.dumps(told))


def _embedding(index: int, item: object, wanted: _Wanted) -> dict[str, Any]:
    vector = item.get("embedding") if isinstance(item, dict) else None
    if not isinstance(vector, list):
        raise unexpected("an embedding without a vector")
    if wanted.dimensions not in (None, len(vector)):
        raise UnsupportedFeature(
            f"dimensions must be {len(vector)} or left out: {wanted.model} has vectors of that "
            "one size, and shortened ones would not mean the same.",
            param="dimensions",
        )
    return {
        "object": "embedding",
        "index": index,
        "embedding": _in_base64(vector) if wanted.base64 else vector,
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
