"""What TokenSource needs of a store that several processes share.

Every method raises StoreError when the store cannot be used; the log has it already.  A lease says
who may ask OAuth; it ends by itself, so that a process that dies with it holds nobody up for long.
"""

from typing import Protocol

from gigagate.tokens.token import AccessToken


class TokenStore(Protocol):
    def load(self, key: str) -> AccessToken | None: ...

    def save(self, key: str, token: AccessToken) -> None: ...

    def drop(self, key: str, value: str) -> None:
        """Remove the token if it is still this one."""

    def acquire(self, key: str, owner: str, seconds: float) -> bool:
        """Take the lease if it is free, has run out, or is the owner's already."""

    def release(self, key: str, owner: str) -> None:
        """Give the lease back if it is still the owner's."""
