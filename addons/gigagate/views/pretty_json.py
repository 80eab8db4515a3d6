"""JSON in lines that can be compared: keys in one order, what is short on one line, texts cut.

Two different texts stay different when they are cut: their length and a checksum follow.
"""

import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

WIDTH = 100
MAX_TEXT = 240

_FIRST = ("role", "type", "id", "name", "model")
_LAST = ("content", "parameters", "messages", "functions")
_RANK = {name: rank for rank, name in enumerate(_FIRST, -len(_FIRST))} | {
    name: rank for rank, name in enumerate(_LAST, 1)
}


def lines(value: Any, indent: str = "", opening: str = "") -> Iterator[str]:
    """opening: what stands before the value on its first line, as in '"name": '.

    The outermost object is never put on one line.
    """
    flat = _flat(value, WIDTH - len(indent) - len(opening))
    if flat is not None and (indent or not isinstance(value, dict)):
        yield indent + opening + flat
        return
    inner = indent + "  "
    if isinstance(value, dict):
        items = ((f"{_string(str(key))}: ", value[key]) for key in sorted(value, key=_order))
        begin, end = "{", "}"
    else:
        items = (("", item) for item in value)
        begin, end = "[", "]"
    yield indent + opening + begin
    for key, item in items:
        yield from lines(item, inner, key)
    yield indent + end


def _order(key: str) -> tuple[int, str]:
    return _RANK.get(key, 0), key


def _flat(value: Any, width: int) -> str | None:
    """On one line; None if that is too long for an object or an array."""
    if isinstance(value, str):
        return _string(value)
    if not isinstance(value, dict | list):
        return json.dumps(value)
    if len(value) > width // 4:
        return None
    parts: list[str] = []
    room = width - 2
    pairs = ((k, value[k]) for k in sorted(value, key=_order)) if isinstance(value, dict) else None
    for key, item in pairs or ((None, item) for item in value):
        flat = _flat(item, room)
        if flat is None:
            return None
        parts.append(flat if key is None else f"{_string(str(key))}: {flat}")
        room -= len(parts[-1]) + 2
        if room < 0:
            return None
    brackets = "{}" if isinstance(value, dict) else "[]"
    return brackets[0] + ", ".join(parts) + brackets[1]


def _string(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return json.dumps(text, ensure_ascii=False)
    shown = text[: MAX_TEXT * 2 // 3] + " … " + text[-MAX_TEXT // 4 :]
    checksum = crc32(text.encode(errors="replace")) & 0xFFFF
    return f"{json.dumps(shown, ensure_ascii=False)} ({len(text)} characters, #{checksum:04x})"
