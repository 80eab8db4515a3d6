"""The one call that turns the authorization key into an access token.

Redirects are not followed, so the key reaches nobody but the configured address.
"""

import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from gigagate import outbound
from gigagate.client_certificate import ClientCertificate
from gigagate.core import strict_json
from gigagate.core.key_owner import PROXY, KeyOwner
from gigagate.errors import CredentialError, CredentialsRejected, TokenUnavailable
from gigagate.settings import Secret, Upstream
from gigagate.tokens.token import HEADER_SAFE, AccessToken

SECONDS = 15.0
"""From the look-up of the name to the last byte of the answer."""
MAX_ANSWER = 64 * 1024
SCOPES = {
    "GIGACHAT_API_PERS": "GIGACHAT_API_B2B or GIGACHAT_API_CORP",
    "GIGACHAT_API_B2B": "GIGACHAT_API_CORP or GIGACHAT_API_PERS",
    "GIGACHAT_API_CORP": "GIGACHAT_API_B2B or GIGACHAT_API_PERS",
}
"""What a key may be for, if not for the scope asked."""
WRONG_SCOPE = 7
LAST = 1e15
"""No time is later, not even in milliseconds."""
MILLISECONDS = 1e11
"""A time above this is in milliseconds: as seconds it would be the year 5138."""


class OAuthClient:
    """`ca_file`: certificates to verify the server with; None: those of certifi."""

    address_setting = "GIGACHAT_AUTH_URL"
    life: float | None = None
    """Seconds a token lives if its answer does not say."""

    def __init__(
        self,
        upstream: Upstream,
        authorization_key: Secret,
        ca_file: Path | None = None,
        clock: Callable[[], float] = time.time,
        owner: KeyOwner = PROXY,
    ) -> None:
        self._upstream = upstream
        self._key = authorization_key
        self._hidden: tuple[str, ...] = (authorization_key.reveal(),)
        self._certificate: ClientCertificate | None = None
        self._verify = upstream.verify_by(ca_file)
        self._clock = clock
        self._owner = owner
        self._host = urlsplit(self.url).hostname

    @property
    def url(self) -> str:
        return self._upstream.auth_url

    def form(self) -> Mapping[str, str]:
        return {"scope": self._upstream.scope}

    def headers(self) -> Mapping[str, str]:
        return {"RqUID": str(uuid.uuid4())}

    def fetch(self) -> AccessToken:
        """Raises CredentialsRejected or TokenUnavailable, whose texts hold no secret."""
        status, answer = self._post()
        body = _json_object(answer)
        if status == 200:
            return self._token(body)
        raise self._refusal(status, body)

    def _post(self) -> tuple[int, bytes]:
        try:
            answer = outbound.ask(
                "POST",
                self.url,
                body=urlencode(self.form()).encode(),
                headers={
                    "Authorization": f"Basic {self._key.reveal()}",
                    **self.headers(),
                    "Accept": "application/json",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
                verify=self._verify,
                proxy=self._upstream.ways.to_gigachat(self.url),
                seconds=SECONDS,
                limit=MAX_ANSWER,
                certificate=self._certificate,
            )
            return answer.status, answer.body
        except outbound.NotTrusted:
            raise self._broken(
                "its certificate is not trusted. If it is a private one, name its authority's "
                "file in GIGACHAT_CA_BUNDLE_FILE on the proxy"
            ) from None
        except outbound.ProxyFault as fault:
            raise (self._unavailable if fault.passes else self._broken)(str(fault)) from None
        except outbound.TooLate:
            raise self._unavailable("it did not answer in time") from None
        except outbound.OutboundError:
            raise self._unavailable(
                f"no connection. Check the proxy's network and {self.address_setting}"
            ) from None

    def _token(self, body: dict[str, Any]) -> AccessToken:
        """GigaChat v1 answers access_token and expires_at; some installations tok and exp."""
        value = body.get("access_token", body.get("tok"))
        expires_at = body.get("expires_at", body.get("exp"))
        if expires_at is None and self.life is not None:
            expires_at = self._clock() + self.life
        if not isinstance(value, str) or not HEADER_SAFE.fullmatch(value):
            raise self._broken(f"its answer holds no token. Check {self.address_setting}")
        if not isinstance(expires_at, int | float) or expires_at > LAST:
            raise self._broken("its answer does not say when the token expires")
        seconds = expires_at / 1000 if expires_at > MILLISECONDS else float(expires_at)
        if not seconds > self._clock():
            raise self._broken(
                "its token has already expired, by this machine's clock. Set the clock"
            )
        return AccessToken(value, seconds)

    def _refusal(self, status: int, body: dict[str, Any]) -> CredentialError:
        reason, owner = self._words(status, body), self._owner
        if status in (400, 401) and body.get("code") == WRONG_SCOPE:
            scope = self._upstream.scope
            return CredentialsRejected(
                f"GigaChat rejected {owner.key} ({reason}): it was asked for the scope {scope}. "
                f"Set GIGACHAT_SCOPE on the proxy to {SCOPES[scope]}, or {owner.another}.",
                code=owner.code,
            )
        if status in (400, 401, 403):
            return CredentialsRejected(
                f"GigaChat rejected {owner.key} ({reason}). {owner.fix}", code=owner.code
            )
        if status == 429:
            return self._unavailable(f"too many tokens were asked for ({reason})")
        if 300 <= status < 400:
            return self._broken(f"it redirects ({reason}). Check {self.address_setting}")
        if status < 500:
            return self._broken(f"it answered {reason}. Check {self.address_setting}")
        return self._unavailable(f"it answered {reason}")

    def _words(self, status: int, body: dict[str, Any]) -> str:
        message = body.get("message")
        if not isinstance(message, str):
            return f"HTTP {status}"
        for secret in self._hidden:
            message = message.replace(secret, "***")
        message = " ".join(message.split())[:200]
        code = body.get("code")
        return f"HTTP {status}, code {code if isinstance(code, int) else None}: {message}"

    def _unavailable(self, reason: str) -> TokenUnavailable:
        """It may pass by itself."""
        return TokenUnavailable(f"No access token from {self._host}: {reason}.")

    def _broken(self, reason: str) -> TokenUnavailable:
        """Somebody has to do something."""
        return TokenUnavailable(f"No access token from {self._host}: {reason}.", status=502)


def _json_object(answer: bytes) -> dict[str, Any]:
    try:
        body = strict_json.loads(answer)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
