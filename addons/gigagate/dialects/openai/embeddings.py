"""POST /v1/embeddings.

GigaChat v1 takes a string or strings, all in one request, and tells the tokens of each; it has no
base64 and one size of vector a model.
"""

import struct
from base64 import b64encode
from typing import Any

from gigagate.core import compact_json, model_map
from gigagate.core.http import JSON, Content
from gigagate.core.in_hand import InHand
from gigagate.core.parameter_table import Row, Table
from gigagate.core.validation import text_at, wrong_type
from gigagate.core.value_types import Number, OneOf
from gigagate.dialects import vectors
from gigagate.dialects.dialect import Translation
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai import token_ids
from gigagate.dialects.vectors import Vectors, Wanted
from gigagate.errors import InvalidRequest
from gigagate.gigachat.errors import unexpected

TABLE = Table(
    Row("model", "translated", reason="Through the alias table."),
    Row(
        "input",
        "translated",
        reason="A string or strings; token ids are decoded where `bpe-openai` is installed.",
    ),
    Row(
        "encoding_format",
        "emulated",
        OneOf(("float", "base64")),
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
    wanted = Wanted(model, asked.get("dimensions"))
    in_base64 = asked.get("encoding_format") == "base64"

    def told(found: Vectors) -> Content:
        embeddings = [_in_base64(one) if in_base64 else one for one in found.vectors]
        usage = {"prompt_tokens": found.tokens, "total_tokens": found.tokens}
        return _list(embeddings, found.model, usage)

    return vectors.translation(_texts(asked.get("input")), wanted, call, told)


def _list(embeddings: list[Any], model: str, usage: dict[str, int]) -> Content:
    data = [
        {"object": "embedding", "index": index, "embedding": one}
        for index, one in enumerate(embeddings)
    ]
    told = {"object": "list", "data": data, "model": model, "usage": usage}
    return Content(JSON, compact_json.dumps(told))


def _texts(given: object) -> list[str]:
    texts = [given] if isinstance(given, str) else given
    if token_ids.are_ids(texts):
        return token_ids.decoded(texts)
    if not isinstance(texts, list):
        raise wrong_type("input", "a string or an array of strings", given)
    if not texts:
        raise InvalidRequest("input is empty: there is nothing to embed.", param="input")
    for index, text in enumerate(texts):
        if not text_at(f"input[{index}]", text):
            raise InvalidRequest(f"input[{index}] is empty.", param=f"input[{index}]")
    return texts


def _in_base64(vector: list[Any]) -> str:
    """Little-endian 32-bit floats, as OpenAI's."""
    try:
        return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    except (struct.error, OverflowError):
        raise unexpected("an embedding that holds no numbers") from None
