"""OpenAI's API, as a dialect: its endpoints, and GigaChat's own beside them."""

from gigagate.core.http import Head
from gigagate.dialects.dialect import Dialect, Endpoint
from gigagate.dialects.gigachat_own import pass_through
from gigagate.dialects.openai import chat, completions, embeddings, files, keys, models, reader
from gigagate.dialects.openai.envelope import ENVELOPE
from gigagate.dialects.words import COMMON, Words

_ENDPOINTS = (
    Endpoint(
        "POST",
        "/chat/completions",
        "Whole and streamed.",
        "chat",
        chat.translate,
    ),
    Endpoint(
        "POST",
        "/completions",
        "The older API: the prompt becomes a user's message, and the model answers it.",
        "chat",
        completions.translate,
    ),
    Endpoint(
        "POST",
        "/embeddings",
        "Numbers or base64; over 100 texts (`models.embeddings_batch`) go in several requests.",
        "embeddings",
        embeddings.translate,
    ),
    Endpoint(
        "GET",
        "/models",
        "The aliases, then GigaChat's own list.",
        "models",
        models.listed,
    ),
    Endpoint(
        "GET",
        "/models/{id}",
        "By alias or by GigaChat's name.",
        "models",
        models.one,
    ),
    Endpoint(
        "GET",
        "/model/info",
        "The same list as LiteLLM's proxy tells it: how much each holds, and what it can.",
        "models",
        models.info,
    ),
    Endpoint(
        "POST",
        "/tokens/count",
        "GigaChat's own: how many tokens texts are.",
        "tokens",
        pass_through,
    ),
    Endpoint(
        "POST",
        "/functions/validate",
        "GigaChat's own: whether it takes a function.",
        "functions",
        pass_through,
    ),
    Endpoint(
        "POST",
        "/ai/check",
        "GigaChat's own: whether a text is a machine's.",
        "check",
        pass_through,
    ),
    Endpoint(
        "GET",
        "/balance",
        "GigaChat's own: the tokens left on the proxy's account.",
        "balance",
        pass_through,
    ),
    Endpoint(
        "POST",
        "/batches",
        "GigaChat's own, not OpenAI's: lines of requests, to be answered later.",
        "batches",
        pass_through,
    ),
    Endpoint(
        "GET",
        "/batches",
        "GigaChat's own: all batches of the proxy's account, whoever sent them.",
        "batches",
        pass_through,
    ),
    Endpoint(
        "POST",
        "/files",
        "A picture, a recording or a document, for messages to refer to.",
        "files",
        files.upload,
    ),
    Endpoint(
        "GET",
        "/files",
        "Those of the client that asks.",
        "files",
        files.listed,
    ),
    Endpoint(
        "GET",
        "/files/{id}/content",
        "The file itself.",
        "file_content",
        files.fetch,
    ),
    Endpoint(
        "GET",
        "/files/{id}",
        "Its name, size and type.",
        "files",
        files.look_at,
    ),
    Endpoint(
        "DELETE",
        "/files/{id}",
        "It is gone at GigaChat too.",
        "files",
        files.delete,
    ),
)


def _claims(head: Head, canonical: str) -> bool:
    """Whatever no other dialect claims is OpenAI's, mistakes too."""
    return True


_WORDS = Words(
    kept=COMMON | {"tool_call_id", "tool_choice", "function_call", "reasoning_effort"},
    schemas=frozenset({"tools", "functions", "response_format"}),
    binary=frozenset({"data", "file_data"}),
)

OPENAI = Dialect(
    "openai", ENVELOPE, _ENDPOINTS, _claims, keys.presented, reader, keys.HEADERS, _WORDS
)
