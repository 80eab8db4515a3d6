"""One request and its answer, as whoever has kept them hands them over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gigagate.dialects.reading import Said
from gigagate.views.facts import Facts


@dataclass(frozen=True, slots=True)
class Seen:
    chat: Mapping[str, Any]
    """In the pivot's form, of any shape below its messages."""
    said: Said | None = None
    """None: no answer came, or one that nobody can read."""
    facts: Facts = field(default_factory=Facts)
    client: str = ""
    began: float | None = None
    """Unix seconds."""
    status: int | None = None
    """The status of HTTP."""
    dialect: str = ""
