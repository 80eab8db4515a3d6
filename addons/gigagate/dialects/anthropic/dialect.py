"""Anthropic's API, as a dialect."""

from collections.abc import Iterator

from gigagate.core.http import Head
from gigagate.dialects import keys
from gigagate.dialects.anthropic import endpoints, reader
from gigagate.dialects.anthropic.envelope import ENVELOPE
from gigagate.dialects.dialect import Dialect, Endpoint
from gigagate.dialects.words import COMMON, Words

_ENDPOINTS = (
    Endpoint("POST", "/messages", "Whole and streamed.", "chat", endpoints.make),
    Endpoint(
        "POST",
        "/messages/count_tokens",
        "How many tokens a request would be; an estimate where GigaChat does not tell.",
        "tokens",
        endpoints.count,
    ),
    Endpoint(
        "GET",
        "/models",
        "In Anthropic's form, for clients that send `anthropic-version`.",
        "models",
        endpoints.listed,
    ),
    Endpoint("GET", "/models/{id}", "Likewise.", "models", endpoints.one_model),
)


def _claims(head: Head, canonical: str) -> bool:
    if canonical.startswith("/models"):
        return "anthropic-version" in head.headers
    return canonical == "/messages" or canonical.startswith("/messages/")


def _keys(head: Head) -> Iterator[str]:
    yield from keys.headers(head, "x-api-key")
    yield from keys.authorization(head)


_WORDS = Words(
    kept=COMMON | {"tool_use_id", "tool_name", "display", "ttl"},
    schemas=frozenset({"tools", "output_config", "output_format"}),
    data=frozenset({"metadata", "input"}),
    binary=frozenset({"data", "signature", "encrypted_content"}),
    headers=("anthropic-version", "anthropic-beta"),
)

ANTHROPIC = Dialect(
    "anthropic", ENVELOPE, _ENDPOINTS, _claims, _keys, reader, ("x-api-key",), _WORDS
)
