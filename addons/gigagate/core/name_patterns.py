"""Lists of models' names and patterns of names, as people write them into settings."""

from collections.abc import Sequence
from fnmatch import fnmatchcase


def among(name: str, patterns: Sequence[str]) -> bool:
    """In any case of letters; an empty list names all."""
    lower = name.lower()
    return not patterns or any(fnmatchcase(lower, pattern.lower()) for pattern in patterns)
