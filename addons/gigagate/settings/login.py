"""How an account of GigaChat's is opened: the kinds of credentials, and which may stand together.

Their names are those of Sber's SDK.  An access token is used first and never renewed; a key, or a
user with a password, is exchanged for one; a client certificate shows who we are by TLS, alone or
beside any of these.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Literal

from gigagate.errors import SettingsError
from gigagate.settings.secret import Secret
from gigagate.settings.values import OUTSIDE

LoginKind = Literal["key", "user", "token", "certificate"]


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """In PEM.  key: None if the private key stands in `certificate` too."""

    certificate: Path
    key: Path | None = None
    password: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What opens an account; none of it stands in config/gigachat.yaml."""

    authorization_key: Secret | None = field(default=None, metadata=OUTSIDE)
    user: Secret | None = field(default=None, metadata=OUTSIDE)
    password: Secret | None = field(default=None, metadata=OUTSIDE)
    access_token: Secret | None = field(default=None, metadata=OUTSIDE)
    cert_file: Path | None = field(default=None, metadata=OUTSIDE)
    key_file: Path | None = field(default=None, metadata=OUTSIDE)
    key_file_password: Secret | None = field(default=None, metadata=OUTSIDE)

    @property
    def login(self) -> "Login":
        """This alone, of settings that hold more."""
        return Login(**{name: getattr(self, name) for name in NAMES})


NAMES = tuple(one.name for one in fields(Opening))
"""Settings without any of which no account is opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Opening):
    """An account's opening, and what follows from it."""

    def __bool__(self) -> bool:
        """Whether anything is set at all."""
        return any(getattr(self, name) is not None for name in NAMES)

    @property
    def kind(self) -> LoginKind:
        """What its owner has to mend when GigaChat refuses it."""
        if self.authorization_key is not None:
            return "key"
        if self.user is not None:
            return "user"
        return "token" if self.access_token is not None else "certificate"

    @property
    def certificate(self) -> CertificateFiles | None:
        if self.cert_file is None:
            return None
        return CertificateFiles(self.cert_file, self.key_file, self.key_file_password)

    def identity(self, auth_url: str, scope: str, base_url: str) -> str:
        """Names it in a store that processes share, without telling it."""
        if self.authorization_key is not None:
            parts = [auth_url, scope, self.authorization_key.reveal()]
        elif self.user is not None and self.password is not None:
            parts = [base_url, "user", self.user.reveal(), self.password.reveal()]
        elif self.access_token is not None:
            parts = [base_url, "token", self.access_token.reveal()]
        else:
            parts = [base_url, "certificate", str(self.cert_file)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def check(self, named: Callable[[str], str], base_url: str) -> None:
        """Whether it opens anything.  named: the field's variable.  Raises SettingsError."""
        for alone, missing in (
            ("user", "password"),
            ("password", "user"),
            ("key_file", "cert_file"),
            ("key_file_password", "cert_file"),
        ):
            if getattr(self, alone) is not None and getattr(self, missing) is None:
                hint = ""
                if alone == "key_file":
                    hint = (
                        ". It is the private key of a client certificate; an authorization key in "
                        f"a file is {named('authorization_key')}_FILE"
                    )
                raise SettingsError(
                    f"{named(alone)}: set without {named(missing)}; the two belong together{hint}"
                )
        if self.authorization_key is not None and self.user is not None:
            raise SettingsError(
                f"{named('user')}: {named('authorization_key')} is set too, and each gets access "
                "tokens in its own way; keep one of them"
            )
        if self.cert_file is not None and not base_url.startswith("https:"):
            raise SettingsError(
                f"{named('cert_file')}: a client certificate is shown within TLS, and "
                f"{base_url} is plain http"
            )
