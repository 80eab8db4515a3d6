"""Which API a request speaks, and which of its endpoints it asks."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from gigagate.core.http import Head
from gigagate.core.paths import normalise
from gigagate.dialects.anthropic.dialect import ANTHROPIC
from gigagate.dialects.dialect import Dialect, Endpoint
from gigagate.dialects.gemini.dialect import GEMINI
from gigagate.dialects.openai import token_ids
from gigagate.dialects.openai.dialect import OPENAI
from gigagate.dialects.openai.responses.dialect import RESPONSES
from gigagate.errors import MethodNotAllowed, NotFound

DIALECTS: tuple[Dialect, ...] = (RESPONSES, ANTHROPIC, GEMINI, OPENAI)
"""The first that claims a request is the one it speaks; the last claims whatever is left."""


class Route(NamedTuple):
    endpoint: Endpoint
    item: str
    """What stands for {id}, unquoted."""


MAX_NAME = 1000
"""Characters of an {id}."""
_VERB = re.compile(r":[A-Za-z]+$")
"""Behind an {id}, what Google's APIs do with it: one that is in no table is no wrong method."""
DOTS = (".", "..")
"""No {id}: a server would read the path as another one, which is not in the table."""


def dialect_of(head: Head) -> Dialect:
    """The API that a request speaks, known before its body has come."""
    canonical = normalise(head.path)
    for dialect in DIALECTS:
        if dialect.claims(head, canonical):
            return dialect
    return DIALECTS[-1]


def find(head: Head, dialect: Dialect | None = None) -> Route:
    """dialect: that of `dialect_of`, where it is known.  Raises NotFound or MethodNotAllowed."""
    method, path, _ = head
    endpoints = (dialect or dialect_of(head)).endpoints
    canonical = normalise(path)
    item, found = "", [endpoint for endpoint in endpoints if endpoint.path == canonical]
    if not found:
        item, found = _with_item(canonical, endpoints)
    for endpoint in found:
        if endpoint.method == method:
            return Route(endpoint, item)
    if not found or _VERB.search(item):
        raise NotFound(f"There is no {_shown(path)} here. GigaGate serves {_served(endpoints)}.")
    allowed = " or ".join(endpoint.method for endpoint in found)
    raise MethodNotAllowed(f"{method[:20]} is not possible on {_shown(path)}; use {allowed}.")


def loads_first(path: str) -> bool:
    """Whether the translation may begin with loading something, which takes a second."""
    return "/embeddings" in path and token_ids.loads_first()


def _with_item(canonical: str, endpoints: Sequence[Endpoint]) -> tuple[str, list[Endpoint]]:
    """The first template in the table that fits, and what stands for its {id}."""
    for template in (endpoint.path for endpoint in endpoints):
        before, varies, behind = template.partition("{id}")
        item = canonical.removeprefix(before).removesuffix(behind)
        if varies and item and before + item + behind == canonical:
            name = unquote(item)
            found = [one for one in endpoints if one.path == template]
            return ("", []) if _climbs(name) else (name, found)
    return "", []


def _climbs(name: str) -> bool:
    """However often a server unquotes it."""
    while (plain := unquote(name)) != name and len(name) < MAX_NAME:
        name = plain
    return len(name) >= MAX_NAME or any(part in DOTS for part in re.split(r"[/\\]", name))


def _served(endpoints: Sequence[Endpoint]) -> str:
    return ", ".join(f"{endpoint.method} /v1{endpoint.path}" for endpoint in endpoints)


def _shown(path: str) -> str:
    path = path.partition("?")[0]
    return path if len(path) <= 200 else f"{path[:200]}…"
