"""Tokens are encrypted on their way into a store, if there is a key for it.

Fernet, because `cryptography` is here with mitmproxy and gives the time, the check and the cipher
in one.  A token sealed with another key, or by a process that has one where this has none, is as
good as absent: the next one from OAuth takes its place.
"""

import logging
from dataclasses import replace

from cryptography.fernet import Fernet, InvalidToken

from gigagate.settings import Secret
from gigagate.tokens.store import TokenStore
from gigagate.tokens.token import AccessToken

logger = logging.getLogger(__name__)

SEALED = "fernet:"


class SealedTokenStore:
    """Any token store; `key` as Fernet.generate_key() makes it, or None to store what is given."""

    def __init__(self, store: TokenStore, key: Secret | None) -> None:
        self._store = store
        self._fernet = Fernet(key.reveal()) if key else None
        self._warned = False

    def load(self, key: str) -> AccessToken | None:
        token = self._store.load(key)
        return token and self._opened(token)

    def save(self, key: str, token: AccessToken) -> None:
        self._store.save(key, self._sealed(token))

    def drop(self, key: str, value: str) -> None:
        """What is stored is compared by what is in it: each sealing looks different."""
        stored = self._store.load(key)
        if stored is not None:
            opened = self._opened(stored)
            if opened is not None and opened.value == value:
                self._store.drop(key, stored.value)

    def acquire(self, key: str, owner: str, seconds: float) -> bool:
        return self._store.acquire(key, owner, seconds)

    def release(self, key: str, owner: str) -> None:
        self._store.release(key, owner)

    def _sealed(self, token: AccessToken) -> AccessToken:
        if self._fernet is None:
            return token
        return replace(token, value=SEALED + self._fernet.encrypt(token.value.encode()).decode())

    def _opened(self, token: AccessToken) -> AccessToken | None:
        if not token.is_whole:
            self._warn("The token in the store is none; another is fetched.")
            return None
        sealed = token.value.startswith(SEALED)
        if self._fernet is None and not sealed:
            return token
        if self._fernet is not None and sealed:
            try:
                opened = self._fernet.decrypt(token.value.removeprefix(SEALED))
                token = replace(token, value=opened.decode())
                return token if token.is_whole else None
            except (InvalidToken, ValueError):
                pass
        self._warn(
            "The token in the store cannot be read with this proxy's GIGAGATE_STORE_KEY; "
            "another is fetched. Give every proxy of the store the same key."
        )
        return None

    def _warn(self, message: str) -> None:
        if not self._warned:
            self._warned = True
            logger.warning("%s", message)
