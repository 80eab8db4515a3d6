"""Messages as hashes: an agent sends its history with each step, and texts are compared once."""

import json
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from gigagate.core.any_json import list_of, object_of, text_of

WIDTH = 16
"""Bytes of a hash: of what is in one file, no two meet."""


class Mark(NamedTuple):
    digest: bytes
    size: int
    """Characters."""


def of_message(message: Mapping[str, Any]) -> Mark:
    """The same for a text and for the same text as one part: clients send it both ways."""
    hashed = blake2b(text_of(message.get("role")).encode(errors="surrogatepass"), digest_size=WIDTH)
    size = 0
    for piece in _pieces(message):
        size += len(piece)
        hashed.update(b"\0" + piece.encode(errors="surrogatepass"))
    return Mark(hashed.digest(), size)


def of_value(value: object) -> Mark:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    return Mark(digest(text), len(text))


def digest(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=WIDTH).digest()


def after(prefix: bytes, mark: Mark) -> bytes:
    """The hash of a history that goes on by one message."""
    return blake2b(prefix + mark.digest, digest_size=WIDTH).digest()


def _pieces(message: Mapping[str, Any]) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, str):
        yield content
    else:
        for part in list_of(content):
            text = part if isinstance(part, str) else object_of(part).get("text")
            yield text if isinstance(text, str) else json.dumps(part, sort_keys=True)
    for name in ("tool_calls", "function_call", "tool_call_id"):
        if value := message.get(name):
            yield value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
