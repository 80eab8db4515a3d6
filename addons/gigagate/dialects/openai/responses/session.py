"""What a client calls its conversation, so that GigaChat finds its prompt in the cache.

Made of how the conversation begins it would be another one after each compaction.
"""

from collections.abc import Mapping
from typing import Any

from gigagate.core.http import ClientRequest

_HEADER = "session-id"
"""Codex's."""


def named(request: ClientRequest, body: Mapping[str, Any]) -> str:
    """ "" if it says nothing."""
    key = body.get("prompt_cache_key")
    return key if isinstance(key, str) and key else request.headers.get(_HEADER, "")
