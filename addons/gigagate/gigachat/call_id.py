"""The tool call id we make up, which remembers what the next turn needs.

GigaChat has no call ids: a result names its function, and `functions_state_id` ties the turns
together. OpenAI clients keep only the id. So the id carries both, and any proxy can read them
back from the client's own history, with no table and nothing that expires.

    call_g1_ + base64url( CRC-32 of the rest, 4 bytes
                          length of state id (0 or 16), state id as 16 bytes
                          length of unique, unique
                          name )

Ids come from clients, so a foreign or damaged one reads as None.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TypeGuard
from zlib import crc32

PREFIX = "call_g1_"

_ID = re.compile(r"call_g1_([A-Za-z0-9_-]+)")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CallId:
    name: str
    """The function, as the client calls it."""
    state_id: str | None
    """GigaChat's functions_state_id, a UUID."""


def is_state_id(value: object) -> TypeGuard[str]:
    """Whether it looks like GigaChat's functions_state_id: a UUID."""
    return isinstance(value, str) and bool(_UUID.fullmatch(value))


def make(name: str, state_id: str | None, unique: str) -> str:
    """[A-Za-z0-9_-] only. `unique` (at most 255 bytes) tells parallel calls apart.

    A state id that is not a UUID is left out: GigaChat does not need it back.
    """
    state = bytes.fromhex(state_id.replace("-", "")) if is_state_id(state_id) else b""
    payload = _sized(state) + _sized(unique.encode()[:255]) + name.encode(errors="replace")
    checked = crc32(payload).to_bytes(4) + payload
    return PREFIX + urlsafe_b64encode(checked).decode().rstrip("=")


def read(call_id: str) -> CallId | None:
    """What make() was given, or None for an id that is not ours or was damaged."""
    match = _ID.fullmatch(call_id)
    if match is None:
        return None
    try:
        checked = urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4))
        payload = checked[4:]
        if crc32(payload).to_bytes(4) != checked[:4]:
            return None
        state, rest = _unsized(payload)
        _, name = _unsized(rest)
        if len(state) not in (0, 16):
            return None
        return CallId(name.decode(), _uuid(state.hex()) if state else None)
    except ValueError:
        return None


def _sized(field: bytes) -> bytes:
    return bytes([len(field)]) + field


def _unsized(payload: bytes) -> tuple[bytes, bytes]:
    if not payload or len(payload) <= payload[0]:
        raise ValueError("too short")
    end = 1 + payload[0]
    return payload[1:end], payload[end:]


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
