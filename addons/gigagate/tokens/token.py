"""GigaChat's access token: an opaque string that lives for half an hour."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AccessToken:
    value: str = field(repr=False)
    expires_at: float
    """Unix time in seconds."""
