"""A user and a password in place of an authorization key, as some companies' GigaChat has it.

`POST {base}/token` is answered by the API itself, so that a client certificate is shown there; the
body is empty, and the answer need not say how long the token lives.
"""

import base64
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from gigagate.client_certificate import ClientCertificate
from gigagate.core.key_owner import KeyOwner
from gigagate.settings import Secret, Upstream
from gigagate.tokens.oauth import OAuthClient

LIFE = 600.0
"""Seconds a token lives of which nobody says so."""


class UserPasswordClient(OAuthClient):
    address_setting = "GIGACHAT_BASE_URL"
    life = LIFE

    def __init__(
        self,
        upstream: Upstream,
        user: Secret,
        password: Secret,
        ca_file: Path | None,
        owner: KeyOwner,
        certificate: ClientCertificate | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        pair = f"{user.reveal()}:{password.reveal()}".encode()
        key = Secret(base64.b64encode(pair).decode())
        super().__init__(upstream, key, ca_file, clock, owner)
        self._hidden = (*self._hidden, password.reveal())
        self._certificate = certificate

    @property
    def url(self) -> str:
        return f"{self._upstream.base_url}/v1/token"

    def form(self) -> Mapping[str, str]:
        return {}

    def headers(self) -> Mapping[str, str]:
        return {}
