"""The settings that translation obeys, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

UnknownModel = Literal["default", "pass", "refuse"]

DEFAULT_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "gigachat": "GigaChat-2-Max",
        "gigachat-max": "GigaChat-2-Max",
        "gigachat-pro": "GigaChat-2-Pro",
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    aliases: Mapping[str, str] = field(default_factory=lambda: DEFAULT_ALIASES)
    """Client's model name, lower case -> GigaChat's."""
    default_model: str = "GigaChat-2-Max"
    unknown_models: UnknownModel = "default"
    """What a name that is neither an alias nor GigaChat's becomes."""
    strict: bool = False
    """Refuse with 400 what would otherwise be dropped although it changes the answer's meaning."""
    prompt_cache: bool = True
    """Derive a steady X-Session-ID per conversation."""
