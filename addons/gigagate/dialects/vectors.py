"""What GigaChat is asked for embeddings, and how its answer is read: each dialect tells it itself.

All texts go in one request; GigaChat tells the tokens of each, and has one size of vector a model.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from gigagate.core import compact_json
from gigagate.core.http import JSON, UpstreamRequest
from gigagate.core.pivot import Usage
from gigagate.core.report import Report
from gigagate.dialects import upstream_json
from gigagate.errors import UnsupportedFeature
from gigagate.gigachat.errors import unexpected
from gigagate.gigachat.usage import count


class Wanted(NamedTuple):
    model: str
    """As GigaChat names it."""
    dimensions: int | None = None
    """None: whatever the model has."""
    path: str = "dimensions"
    """Where the client says so."""


class Vectors(NamedTuple):
    model: str
    vectors: list[list[Any]]
    tokens: int


def ask(texts: Sequence[str], wanted: Wanted) -> UpstreamRequest:
    body = compact_json.dumps_whole({"model": wanted.model, "input": texts})
    headers = {"Content-Type": JSON, "Accept": JSON}
    return UpstreamRequest("POST", "/v1/embeddings", headers, body)


def read(body: bytes, wanted: Wanted, report: Report) -> Vectors:
    """Raises UpstreamProtocolError, or UnsupportedFeature for a size the model does not have."""
    answer = upstream_json.parsed(body)
    items = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(items, list):
        raise unexpected("embeddings without data", body)
    model = report.model_answered = answer.get("model") or wanted.model
    vectors = [_vector(item, wanted) for item in items]
    tokens = sum(map(_tokens, items))
    report.usage = Usage(tokens, 0, 0)
    return Vectors(model, vectors, tokens)


def _vector(item: object, wanted: Wanted) -> list[Any]:
    vector = item.get("embedding") if isinstance(item, dict) else None
    if not isinstance(vector, list):
        raise unexpected("an embedding without a vector")
    if wanted.dimensions not in (None, len(vector)):
        raise UnsupportedFeature(
            f"{wanted.path} must be {len(vector)} or left out: {wanted.model} has vectors of that "
            "one size, and shortened ones would not mean the same.",
            param=wanted.path,
        )
    return vector


def _tokens(item: dict[str, Any]) -> int:
    usage = item.get("usage")
    return count(usage.get("prompt_tokens") if isinstance(usage, dict) else None)
