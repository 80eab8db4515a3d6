"""When work on a body is worth a thread: whoever does it on the event loop holds up all others."""

from gigagate.core.sample import sample

SMALL = 64 * 1024
"""Bytes of a body: less is never worth a thread, packed or not."""
LARGE = 1024 * 1024
"""Bytes of one that is not packed."""
MANY = 8000
"""Names in JSON, or what weighs as much: 60 ms at worst, three in an agent's request."""


def is_large(body: bytes, coding: str | None) -> bool:
    """What is packed may be a thousand times as large.  coding: None or "" where nothing is."""
    return len(body) > (SMALL if coding else LARGE)


def takes_long(body: bytes, coding: str | None) -> bool:
    """Whether to read its JSON and to translate it does; coding: as in is_large."""
    if len(body) <= SMALL:
        return False
    return is_large(body, coding) or _has_many_parts(body)


def _has_many_parts(body: bytes) -> bool:
    part, stride = sample(body)
    return _parts(part) * stride > MANY * 3 / 4 and _parts(body) > MANY


def _parts(body: bytes) -> int:
    """Those of its texts count too."""
    return body.count(b":") + body.count(b",") // 10
