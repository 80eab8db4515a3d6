""":embedContent and :batchEmbedContents.

Google's SDKs send the second even for one text.
"""

from collections.abc import Mapping
from typing import Any

from gigagate.core import compact_json, model_map
from gigagate.core.http import JSON, Content
from gigagate.core.in_hand import InHand
from gigagate.core.parameter_table import Row, Table
from gigagate.core.validation import array_at
from gigagate.core.value_types import Number
from gigagate.dialects import vectors
from gigagate.dialects.dialect import Translation
from gigagate.dialects.gemini import names
from gigagate.dialects.gemini.fields import each, fields_at, spelt
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.vectors import Vectors, Wanted
from gigagate.errors import InvalidRequest

TABLE = Table(
    Row("model", "translated", reason="The path's counts, through the alias table."),
    Row("content", "translated", reason="Parts of text, joined; anything else is refused."),
    Row(
        "outputDimensionality",
        "emulated",
        Number(1, integer=True),
        reason="Refused with a 400 where it is not the model's own size.",
    ),
    Row("taskType", "dropped", reason="GigaChat makes one kind of vectors."),
    Row("title", "dropped", reason="GigaChat has no such parameter."),
    Row("autoTruncate", "dropped", reason="A text that is too long is refused."),
    Row("embedContentConfig", "translated", reason="Its fields count as if beside content."),
)


def one(call: InHand) -> Translation:
    """Raises ClientError."""
    return _translation(call, [(spelt(parse_object(call.request.body)), "")], batch=False)


def batch(call: InHand) -> Translation:
    """Raises ClientError."""
    given = spelt(parse_object(call.request.body)).get("requests")
    requests = [
        (fields_at(f"requests[{i}]", request), f"requests[{i}].")
        for i, request in enumerate(array_at("requests", given))
    ]
    if not requests:
        raise InvalidRequest("requests is empty: there is nothing to embed.", param="requests")
    return _translation(call, requests, batch=True)


def _translation(
    call: InHand, requests: list[tuple[Mapping[str, Any], str]], *, batch: bool
) -> Translation:
    name = call.report.model_asked = names.asked_for(call.item)
    model = model_map.resolve_embedder(name, call.policy, call.notes)
    wanted = Wanted(model)
    texts = []
    for request, path in requests:
        config = fields_at(f"{path}embedContentConfig", request.get("embedContentConfig"))
        fields = {**request, **config}
        TABLE.translate(fields, call.policy, call.notes)
        texts.append(_text(fields.get("content"), f"{path}content"))
        if (dimensions := fields.get("outputDimensionality")) is not None:
            wanted = Wanted(model, dimensions, f"{path}outputDimensionality")

    def told(answer: Vectors) -> Content:
        found = [{"values": one} for one in answer.vectors]
        answered = {"embeddings": found} if batch else {"embedding": found[0] if found else {}}
        return Content(JSON, compact_json.dumps(answered))

    return vectors.translation(texts, wanted, call, told)


def _text(given: object, path: str) -> str:
    content = {"parts": given} if isinstance(given, str) else fields_at(path, given)
    texts = []
    for part, at in each(content.get("parts"), f"{path}.parts"):
        text = part if isinstance(part, str) else fields_at(at, part).get("text")
        if not isinstance(text, str):
            raise InvalidRequest(f"{at} has no text, and only text is embedded.", param=at)
        texts.append(text)
    if not any(texts):
        raise InvalidRequest(f"{path} is empty: there is nothing to embed.", param=path)
    return "\n".join(texts)
