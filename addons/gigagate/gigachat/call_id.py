"""The id that we give a tool call: GigaChat v1 has none, v2 has UUIDs, or none.

It carries v2's, if any, and is as short and plain as OpenAI wants ids, so that a history may move
there.
Ids of an older kind, which carried their function's name, may still stand in running
conversations:

    call_g1_ + base64url( CRC-32 of the rest, 4 bytes
                          length of state id (0 or 16), state id as 16 bytes
                          length of unique, unique
                          name )

Ids come from clients, so a foreign or damaged one has no name.
"""

import re
from base64 import urlsafe_b64decode
from zlib import crc32

LONGEST = 40
"""Characters that OpenAI takes."""

_PREFIX = "call_"
_CARRIES = "call_v2"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGITS = re.compile(r"[0-9a-f]{32}")
_OLDER = re.compile(r"call_g1_([A-Za-z0-9_-]+)")


def make(unique: str) -> str:
    """[A-Za-z0-9_-] only.  unique: such characters, 35 at most; those beyond are cut off first."""
    return _PREFIX + unique[-(LONGEST - len(_PREFIX)) :]


def carrying(given: object) -> str | None:
    """An id for a call that v2 has given one; None if that is no UUID."""
    if not (isinstance(given, str) and _UUID.fullmatch(given)):
        return None
    return _CARRIES + given.replace("-", "")


def theirs(call_id: str) -> str | None:
    """What v2 has called it; None for an id that carries none."""
    digits = call_id.removeprefix(_CARRIES)
    if digits == call_id or not _DIGITS.fullmatch(digits):
        return None
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def name_in(call_id: str) -> str | None:
    """The function's name, as the client calls it, that an older id carries."""
    match = _OLDER.fullmatch(call_id)
    if match is None:
        return None
    try:
        checked = urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4))
        payload = checked[4:]
        if crc32(payload).to_bytes(4) != checked[:4]:
            return None
        return _behind_field(_behind_field(payload)).decode()
    except ValueError:
        return None


def _behind_field(payload: bytes) -> bytes:
    """What follows a field that begins with its length."""
    if not payload or len(payload) <= payload[0]:
        raise ValueError("too short")
    return payload[1 + payload[0] :]
