"""A long conversation made short: GigaChat writes a summary, which its client carries sealed.

The client cannot read it and gives it back as it is, so it needs no place here and never expires.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

TRIGGER = "compaction_trigger"

REQUEST = (
    "Stop here and write a summary of this conversation for the one who will go on with the work "
    "and will see nothing of it but your summary. Say what was asked for, what has been done and "
    "found out, which files were read or changed and how, what was decided and why, what is still "
    "to be done and what comes next. Keep names, paths, commands and numbers exactly. Write the "
    "summary only, in the language of the conversation."
)

_MARK = "gg1."


def key(secret: bytes, client: str) -> bytes:
    """The key of one client: nobody else's summary opens with it."""
    return sha256(b"compaction\0" + secret + b"\0" + client.encode(errors="replace")).digest()


def seal(summary: str, of_client: bytes) -> str:
    """The same summary gives the same seal, so that a replayed request is the same request."""
    sealed = AESSIV(of_client).encrypt(summary.encode(errors="replace") or b" ", None)
    return _MARK + urlsafe_b64encode(sealed).decode()


def unseal(sealed: str, of_client: bytes) -> str | None:
    """None: not made by this proxy for this client."""
    if not sealed.startswith(_MARK):
        return None
    try:
        content = urlsafe_b64decode(sealed.removeprefix(_MARK))
        return AESSIV(of_client).decrypt(content, None).decode()
    except (ValueError, InvalidTag):
        return None


def item(item_id: str, summary: str, of_client: bytes) -> dict[str, Any]:
    return {"id": item_id, "type": "compaction", "encrypted_content": seal(summary, of_client)}
