"""Accounts that need no OAuth: a token that somebody else renews, and a certificate alone.

A ready token is used as it is until GigaChat refuses it; then whatever else opens the account takes
its place, and without anything else the refusal is told.
"""

from gigagate.core.key_owner import KeyOwner
from gigagate.errors import CredentialsRejected
from gigagate.settings import Secret
from gigagate.tokens.source import Tokens, TokenStatus
from gigagate.tokens.token import NO_TOKEN, AccessToken

NO_END = 1e15


class ReadyToken:
    """after: what opens the account when the token does not any more."""

    def __init__(self, value: Secret, owner: KeyOwner, after: Tokens | None = None) -> None:
        self._token: AccessToken | None = AccessToken(value.reveal(), NO_END)
        self._owner = owner
        self._after = after

    def use(self, value: Secret) -> None:
        """Another one: its file has been renewed."""
        self._token = AccessToken(value.reveal(), NO_END)

    def current(self) -> AccessToken | None:
        if self._token is not None:
            return self._token
        return self._after.current() if self._after else None

    def needs_refresh(self) -> bool:
        return self._token is None and self._after is not None and self._after.needs_refresh()

    def obtain(self) -> AccessToken:
        if self._token is not None:
            return self._token
        if self._after is not None:
            return self._after.obtain()
        raise self._rejected()

    def refresh(self) -> AccessToken:
        return self._after.refresh() if self._after and self._token is None else self.obtain()

    def reject(self, value: str) -> None:
        if self._token is not None and self._token.value == value:
            self._token = None
        elif self._after is not None:
            self._after.reject(value)

    def status(self) -> TokenStatus:
        if self._token is None and self._after is not None:
            return self._after.status()
        error = None if self._token is not None else self._rejected().message
        return {"expires_at": None, "source": "settings", "last_error": error, "oauth_calls": 0}

    def _rejected(self) -> CredentialsRejected:
        owner = self._owner
        return CredentialsRejected(
            f"GigaChat rejected {owner.key}: an access token lives 30 minutes and is not renewed "
            f"here. {owner.fix}",
            code=owner.code,
        )


class CertificateAlone:
    """GigaChat knows us by our certificate: there is no Authorization."""

    def current(self) -> AccessToken:
        return NO_TOKEN

    def needs_refresh(self) -> bool:
        return False

    def obtain(self) -> AccessToken:
        return NO_TOKEN

    def refresh(self) -> AccessToken:
        return NO_TOKEN

    def reject(self, value: str) -> None:
        """There is nothing in its place."""

    def status(self) -> TokenStatus:
        return {"expires_at": None, "source": "certificate", "last_error": None, "oauth_calls": 0}
