"""Where clients put their key; each dialect says which of these places are its own."""

import base64
import contextlib
from collections.abc import Iterator
from urllib.parse import unquote_plus

from gigagate.core.http import Head


def authorization(head: Head) -> Iterator[str]:
    """A bearer's token; a browser sends a key as a password."""
    scheme, _, value = head.headers.get("authorization", "").strip().partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        yield value
    elif scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            yield base64.b64decode(value, validate=True).decode().partition(":")[2]


def headers(head: Head, *names: str) -> Iterator[str]:
    for name in names:
        if name in head.headers:
            yield head.headers[name].strip()


def query(head: Head, name: str) -> Iterator[str]:
    """A key in the address, under its plain name: as `hooks.door.client_secrets` finds and hides
    it."""
    for field in head.path.partition("?")[2].split("&", 100)[:100]:
        if field.startswith(f"{name}="):
            yield unquote_plus(field[len(name) + 1 :])
