"""OpenAI's Responses API, as a dialect."""

from gigagate.core.http import Head
from gigagate.dialects.dialect import Dialect, Endpoint
from gigagate.dialects.openai import keys
from gigagate.dialects.openai.envelope import ENVELOPE
from gigagate.dialects.openai.responses import endpoints, reader
from gigagate.dialects.words import COMMON, Words

_ENDPOINTS = (
    Endpoint("POST", "/responses", "Whole and streamed.", "chat", endpoints.make),
    Endpoint(
        "GET",
        "/responses",
        "426: no WebSocket; clients then send requests.",
        "kept",
        endpoints.no_socket,
    ),
    Endpoint(
        "POST",
        "/responses/input_tokens",
        "How many tokens a request would be.",
        "tokens",
        endpoints.input_tokens,
    ),
    Endpoint(
        "POST",
        "/responses/compact",
        "A shorter conversation: a sealed summary.",
        "chat",
        endpoints.compact,
    ),
    Endpoint(
        "GET",
        "/responses/{id}/input_items",
        "What it answers.",
        "kept",
        endpoints.input_items,
    ),
    Endpoint(
        "POST",
        "/responses/{id}/cancel",
        "400: nothing runs in the background.",
        "kept",
        endpoints.cancel,
    ),
    Endpoint(
        "GET",
        "/responses/{id}",
        "One that is kept: see `responses.store`.",
        "kept",
        endpoints.kept,
    ),
    Endpoint("DELETE", "/responses/{id}", "It is kept no longer.", "kept", endpoints.forget),
    Endpoint(
        "GET",
        "/codex/models",
        "What Codex is told of the models.",
        "models",
        endpoints.codex_models,
    ),
)


def _claims(head: Head, canonical: str) -> bool:
    return canonical.startswith(("/responses", "/codex/"))


_WORDS = Words(
    kept=COMMON
    | {"call_id", "namespace", "status", "execution", "tool_choice", "effort", "summary"}
    | {"include", "truncation", "previous_response_id"},
    schemas=frozenset({"tools", "text"}),
    data=frozenset({"metadata", "client_metadata", "arguments"}),
    binary=frozenset({"file_data", "encrypted_content"}),
)

RESPONSES = Dialect(
    "responses", ENVELOPE, _ENDPOINTS, _claims, keys.presented, reader, keys.HEADERS, _WORDS
)
