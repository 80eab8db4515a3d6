"""GigaChat's access token: an opaque string that lives for half an hour."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

HEADER_SAFE = re.compile(r"[!-~]{1,16384}")


@dataclass(frozen=True, slots=True)
class AccessToken:
    value: str = field(repr=False)
    expires_at: float
    """Unix time in seconds."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What a request is signed with; nothing where a client certificate says who we are."""
        return {} if self is NO_TOKEN else {"Authorization": f"Bearer {self.value}"}

    @property
    def is_whole(self) -> bool:
        """Whether it may go into a header: a store may hold anything."""
        text = isinstance(self.value, str) and HEADER_SAFE.fullmatch(self.value) is not None
        number = isinstance(self.expires_at, int | float) and isfinite(self.expires_at)
        return text and number


NO_TOKEN = AccessToken("", 1e15)
"""What stands for the token of an account that a client certificate opens."""
