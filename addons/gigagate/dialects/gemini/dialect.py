"""The Gemini API, as a dialect."""

import re
from collections.abc import Iterator

from gigagate.core.http import Head
from gigagate.dialects import keys
from gigagate.dialects.dialect import Dialect, Endpoint
from gigagate.dialects.gemini import embeddings, endpoints, reader
from gigagate.dialects.gemini.envelope import ENVELOPE
from gigagate.dialects.words import COMMON, Words

_ENDPOINTS = (
    Endpoint(
        "POST",
        "/models/{id}:generateContent",
        "Gemini's API, whole.",
        "chat",
        endpoints.generate,
    ),
    Endpoint(
        "POST",
        "/models/{id}:streamGenerateContent",
        "Streamed: events with `?alt=sse`, else a JSON array.",
        "chat",
        endpoints.stream,
    ),
    Endpoint(
        "POST",
        "/models/{id}:countTokens",
        "How many tokens a request would be; an estimate where GigaChat does not tell.",
        "tokens",
        endpoints.count,
    ),
    Endpoint(
        "POST",
        "/models/{id}:embedContent",
        "The vector of one text.",
        "embeddings",
        embeddings.one,
    ),
    Endpoint(
        "POST",
        "/models/{id}:batchEmbedContents",
        "The vectors of many; all go in one request.",
        "embeddings",
        embeddings.batch,
    ),
    Endpoint(
        "GET",
        "/models",
        "In Gemini's form, for clients that send Google's key or ask below `/v1beta`.",
        "models",
        endpoints.listed,
    ),
    Endpoint("GET", "/models/{id}", "Likewise.", "models", endpoints.one_model),
)

_METHODS = tuple(
    endpoint.path.removeprefix("/models/{id}") for endpoint in _ENDPOINTS if ":" in endpoint.path
)
_VERSION = re.compile(r"/v1(beta|alpha)/")
_RESOURCES = (
    *("/models", "/files", "/upload", "/cachedContents", "/batches", "/operations"),
    *("/tunedModels", "/fileSearchStores", "/interactions", "/corpora"),
)
"""What Google's SDKs ask for below /v1 too; all but models is not there, and told in their form."""
_OPENAI = "/openai/"
"""Below this Google has a copy of OpenAI's API."""


def _claims(head: Head, canonical: str) -> bool:
    if canonical.endswith(_METHODS):
        return True
    path = head.path.partition("?")[0]
    if _VERSION.search(path):
        return _OPENAI not in path
    return canonical.startswith(_RESOURCES) and _is_googles(head)


def _is_googles(head: Head) -> bool:
    headers = head.headers
    return (
        "x-goog-api-key" in headers
        or "x-goog-api-client" in headers
        or next(keys.query(head, "key"), None) is not None
    )


def _keys(head: Head) -> Iterator[str]:
    yield from keys.headers(head, "x-goog-api-key")
    yield from keys.query(head, "key")
    yield from keys.authorization(head)


_WORDS = Words(
    kept=COMMON
    | {"mimeType", "mime_type", "mode", "allowedFunctionNames", "functionCallingConfig"},
    schemas=frozenset({"tools", "generationConfig", "generation_config"}),
    data=frozenset({"args", "response", "labels"}),
    binary=frozenset({"data", "thoughtSignature", "thought_signature"}),
)

GEMINI = Dialect(
    "gemini", ENVELOPE, _ENDPOINTS, _claims, _keys, reader, ("x-goog-api-key",), _WORDS
)
