"""What two lists, of lines or of messages, have in common."""

from collections.abc import Sequence


def equal_at_start(one: Sequence[object], other: Sequence[object]) -> int:
    """How many are equal at the beginning; at once where one only goes on."""
    if one == other[: len(one)]:
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
