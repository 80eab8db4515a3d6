"""What GigaGate serves: the table of endpoints, and the many ways clients spell their paths.

A base URL without /v1, with /v1 twice, with a slash too many or with /chat/completions already in
it is what people type into their client's settings; all of them mean the same.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

from gigagate.dialects.gigachat_own import PassThrough
from gigagate.dialects.handler import Handler
from gigagate.dialects.openai.chat import ChatCompletions
from gigagate.dialects.openai.completions import Completions
from gigagate.dialects.openai.embeddings import Embeddings
from gigagate.dialects.openai.files import DeleteFile, FetchFile, ListFiles, LookAtFile, UploadFile
from gigagate.dialects.openai.models import Model, Models
from gigagate.dialects.openai.responses import endpoints as responses
from gigagate.errors import MethodNotAllowed, NotFound


class Endpoint(NamedTuple):
    method: str
    path: str
    """Below /v1, with {id} for the part that varies."""
    handler: type[Handler]
    about: str
    """One sentence for the docs."""
    item: str = ""
    """What stands for {id}, unquoted."""


ENDPOINTS = (
    Endpoint("POST", "/chat/completions", ChatCompletions, "Whole and streamed."),
    Endpoint(
        "POST",
        "/completions",
        Completions,
        "The older API: the prompt becomes a user's message, and the model answers it.",
    ),
    Endpoint(
        "POST",
        "/embeddings",
        Embeddings,
        "Numbers or base64; all texts go in one request, as GigaChat takes them.",
    ),
    Endpoint("POST", "/responses", responses.Responses, "Whole and streamed."),
    Endpoint(
        "GET", "/responses", responses.NoSocket, "426: no WebSocket; clients then send requests."
    ),
    Endpoint(
        "POST",
        "/responses/input_tokens",
        responses.InputTokens,
        "How many tokens a request would be.",
    ),
    Endpoint(
        "POST",
        "/responses/compact",
        responses.Compact,
        "A conversation made shorter: a summary, sealed.",
    ),
    Endpoint("GET", "/responses/{id}/input_items", responses.InputItems, "What it answers."),
    Endpoint(
        "POST", "/responses/{id}/cancel", responses.Cancel, "400: nothing runs in the background."
    ),
    Endpoint("GET", "/responses/{id}", responses.Kept, "One that is kept: see `responses.store`."),
    Endpoint("DELETE", "/responses/{id}", responses.Forget, "It is kept no longer."),
    Endpoint("GET", "/codex/models", responses.CodexModels, "What Codex is told of the models."),
    Endpoint("GET", "/models", Models, "The aliases, then GigaChat's own list."),
    Endpoint("GET", "/models/{id}", Model, "By alias or by GigaChat's name."),
    Endpoint("POST", "/tokens/count", PassThrough, "GigaChat's own: how many tokens texts are."),
    Endpoint(
        "POST", "/functions/validate", PassThrough, "GigaChat's own: whether it takes a function."
    ),
    Endpoint("POST", "/ai/check", PassThrough, "GigaChat's own: whether a text is a machine's."),
    Endpoint(
        "GET", "/balance", PassThrough, "GigaChat's own: the tokens left on the proxy's account."
    ),
    Endpoint(
        "POST",
        "/batches",
        PassThrough,
        "GigaChat's own, not OpenAI's: lines of requests, to be answered later.",
    ),
    Endpoint(
        "GET",
        "/batches",
        PassThrough,
        "GigaChat's own: all batches of the proxy's account, whoever sent them.",
    ),
    Endpoint(
        "POST",
        "/files",
        UploadFile,
        "A picture, a recording or a document, for messages to refer to.",
    ),
    Endpoint("GET", "/files", ListFiles, "Those of the client that asks."),
    Endpoint("GET", "/files/{id}/content", FetchFile, "The file itself."),
    Endpoint("GET", "/files/{id}", LookAtFile, "Its name, size and type."),
    Endpoint("DELETE", "/files/{id}", DeleteFile, "It is gone at GigaChat too."),
)

_NOT_SPOKEN = {
    "/messages": "Anthropic's Messages API",
    ":generateContent": "Gemini's API",
    ":streamGenerateContent": "Gemini's API",
}
"""End of path -> what is not spoken yet."""

MAX_NAME = 1000
"""Characters of an {id}."""
DOTS = (".", "..")
"""No {id}: a server would read the path as another one, which is not in the table."""

_PREFIXES = (["v1"], ["api", "v1"])
_CHAT = ["chat", "completions"]


def normalise(path: str) -> str:
    """The canonical path below /v1: "//v1/v1/chat/completions/" -> "/chat/completions".

    {id} stays as it is, URL-quoted or not.
    """
    parts = [part for part in path.partition("?")[0].split("/") if part]
    start = 0
    while True:
        for prefix in (*_PREFIXES, _CHAT):
            end = start + len(prefix)
            if parts[start:end] == prefix and (end < len(parts) or prefix is not _CHAT):
                start = end
                break
        else:
            return "/" + "/".join(parts[start:])


def find(method: str, path: str) -> Endpoint:
    """Raises NotFound or MethodNotAllowed."""
    canonical = normalise(path)
    for ending, dialect in _NOT_SPOKEN.items():
        if canonical.endswith(ending):
            raise NotFound(
                f"GigaGate does not speak {dialect} yet ({_shown(path)}): set your client to "
                f"Chat Completions. GigaGate serves {_served()}."
            )
    item, found = "", [endpoint for endpoint in ENDPOINTS if endpoint.path == canonical]
    if not found:
        item, found = _with_item(canonical)
    if not found:
        raise NotFound(f"There is no {_shown(path)} here. GigaGate serves {_served()}.")
    for endpoint in found:
        if endpoint.method == method:
            return endpoint._replace(item=item)
    allowed = " or ".join(endpoint.method for endpoint in found)
    raise MethodNotAllowed(f"{method[:20]} is not possible on {_shown(path)}; use {allowed}.")


def _with_item(canonical: str) -> tuple[str, list[Endpoint]]:
    """The first template in the table that fits, and what stands for its {id}."""
    for template in (endpoint.path for endpoint in ENDPOINTS):
        before, varies, behind = template.partition("{id}")
        item = canonical.removeprefix(before).removesuffix(behind)
        if varies and item and before + item + behind == canonical:
            name = unquote(item)
            found = [one for one in ENDPOINTS if one.path == template]
            return ("", []) if _climbs(name) else (name, found)
    return "", []


def _climbs(name: str) -> bool:
    """However often a server unquotes it."""
    while (plain := unquote(name)) != name and len(name) < MAX_NAME:
        name = plain
    return len(name) >= MAX_NAME or any(part in DOTS for part in re.split(r"[/\\]", name))


def _served() -> str:
    return ", ".join(f"{endpoint.method} /v1{endpoint.path}" for endpoint in ENDPOINTS)


def _shown(path: str) -> str:
    path = path.partition("?")[0]
    return path if len(path) <= 200 else f"{path[:200]}…"
