"""X-Session-ID: one conversation, one session, so that GigaChat finds its prompt in the cache.
X-Client-ID: one client of ours, one client of GigaChat's, who sees no other's files.

Agents resend the whole conversation at every step, and GigaChat does not bill prompt tokens it has
cached.  How a conversation begins is what its steps have in common, so the id is made of that.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from itertools import islice
from typing import Any

from gigagate.core.http import ClientRequest
from gigagate.core.policy import Policy

OWN = re.compile(r"[!-~]{1,200}")
"""A client's: GigaChat's servers end the connection at bytes that no header should have."""


def session_id(
    request: ClientRequest, body: Mapping[str, Any], policy: Policy, named: str = ""
) -> str | None:
    """body: the request as GigaChat gets it.  The client's own X-Session-ID wins, if it is one.

    named: what the dialect's client calls the conversation; "" if it says nothing.
    """
    own = request.headers.get("x-session-id", "")
    if OWN.fullmatch(own):
        return own
    if not policy.prompt_cache:
        return None
    digest = sha256(f"{request.client}\0{body['model']}\0".encode(errors="replace"))
    if named:
        digest.update(f"session\0{named}".encode(errors="replace"))
        return uuid_form(digest.hexdigest())
    for message in _beginning(body["messages"]):
        digest.update(message["content"].encode(errors="replace"))
        digest.update(b"\0")
    return uuid_form(digest.hexdigest())


def client_headers(client: str) -> dict[str, str]:
    """client: the name of its key, which is not told; "" if clients are not told apart."""
    if not client:
        return {}
    digest = sha256(f"client\0{client}".encode(errors="replace"))
    return {"X-Client-ID": uuid_form(digest.hexdigest())}


def uuid_form(hex_digits: str) -> str:
    """Marked as a random (version 4) UUID, which is what GigaChat makes where none is given."""
    digits = hex_digits.rjust(32, "0")[:32]
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


def _beginning(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The system prompt and the first user message."""
    system = [message for message in messages[:1] if message["role"] == "system"]
    users = (message for message in messages if message["role"] == "user")
    return [*system, *islice(users, 1)]
