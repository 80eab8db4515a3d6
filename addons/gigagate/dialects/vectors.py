"""What GigaChat is asked for embeddings, and how its answer is read: each dialect tells it itself.

Many texts go in batches, one after the other, and come as one answer.  GigaChat tells the tokens of
each text, and has one size of vector a model.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gigagate.core import compact_json
from gigagate.core.http import JSON, Content, UpstreamRequest
from gigagate.core.in_hand import InHand
from gigagate.core.pivot import Usage
from gigagate.dialects import upstream_json
from gigagate.dialects.dialect import Translation
from gigagate.errors import UnsupportedFeature
from gigagate.gigachat import usage
from gigagate.gigachat.errors import unexpected


class Wanted(NamedTuple):
    model: str
    """The name GigaChat gives it."""
    dimensions: int | None = None
    """None: whatever the model has."""
    path: str = "dimensions"
    """Where the client says so."""


class Vectors(NamedTuple):
    model: str
    vectors: list[list[Any]]
    tokens: int


def translation(
    texts: Sequence[str], wanted: Wanted, call: InHand, told: Callable[[Vectors], Content]
) -> Translation:
    """told: the dialect's answer."""
    size = call.policy.embeddings_batch
    batches = deque(texts[start : start + size] for start in range(0, len(texts), size))
    found: list[Vectors] = []
    count = len(batches.popleft())

    def following(answer: bytes) -> UpstreamRequest | None:
        nonlocal count
        if not batches:
            return None
        found.append(read(answer, wanted, count))
        batch = batches.popleft()
        count = len(batch)
        return ask(batch, wanted)

    def whole(answer: bytes) -> Content:
        parts = [*found, read(answer, wanted, count)]
        tokens = sum(part.tokens for part in parts)
        call.report.model_answered = parts[-1].model
        call.report.usage = Usage(tokens, 0, 0)
        vectors = [vector for part in parts for vector in part.vectors]
        return told(Vectors(parts[-1].model, vectors, tokens))

    return Translation(ask(texts[:size], wanted), whole, following=following)


def ask(texts: Sequence[str], wanted: Wanted) -> UpstreamRequest:
    body = compact_json.dumps_whole({"model": wanted.model, "input": texts})
    headers = {"Content-Type": JSON, "Accept": JSON}
    return UpstreamRequest("POST", "/v1/embeddings", headers, body)


def read(body: bytes, wanted: Wanted, count: int) -> Vectors:
    """Raises UpstreamProtocolError, or UnsupportedFeature for a size the model does not have."""
    answer = upstream_json.parsed(body)
    items = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(items, list):
        raise unexpected("embeddings without data", body)
    if len(items) != count:
        raise unexpected(f"{len(items)} embeddings of {count} texts")
    vectors = [_vector(item, wanted) for item in items]
    return Vectors(answer.get("model") or wanted.model, vectors, sum(map(_tokens, items)))


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
    told = item.get("usage")
    return usage.count(told.get("prompt_tokens") if isinstance(told, dict) else None)
