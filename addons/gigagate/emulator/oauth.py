"""OAuth: an authorization key becomes an access token that lives half an hour.

GigaChat v1: POST /api/v2/oauth, form `scope=…`, headers RqUID and Authorization: Basic.  Its errors
are {"code", "message"}.  The texts for a bad RqUID and for 429 are ours: no source shows them.
"""

import base64
import binascii
import secrets
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from gigagate.emulator.config import SCOPES, Credential, EmulatorConfig
from gigagate.emulator.log import Received
from gigagate.emulator.reply import Reply, compact

_HEADERS = (
    ("Server", "SynGX"),
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate"),
    ("Pragma", "no-cache"),
    ("Expires", "0"),
    ("Referrer-Policy", "no-referrer"),
    ("Allow", "GET, POST"),
    ("Vary", "Origin"),
    ("Vary", "Access-Control-Request-Method"),
    ("Vary", "Access-Control-Request-Headers"),
    ("X-Frame-Options", "DENY"),
    ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Content-Type-Options", "nosniff"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
)
# Lengths of a JWE's five parts that add up to the recorded answer of 1279 bytes.
_PART_BYTES = (102, 384, 12, 407, 16)


@dataclass(slots=True)
class _Token:
    credential: Credential
    expires: float


@dataclass(slots=True)
class TokenOffice:
    """Gives tokens out and knows them again."""

    clock: Callable[[], float] = time.time
    calls: int = 0
    """OAuth requests received, refused ones included."""
    _tokens: dict[str, _Token] = field(default_factory=dict, repr=False)
    _recent: deque[float] = field(default_factory=deque, repr=False)

    def answer(self, request: Received, config: EmulatorConfig) -> Reply:
        self.calls += 1
        limit = config.token_requests_per_second
        if limit and self._calls_this_second() > limit:
            return _refused(429, 429, "Too many requests")
        if not _is_uuid4(request.header("rquid")):
            return _refused(400, 0, "RqUID is missing or is not a UUID v4")
        credential = _credential(request.header("authorization") or "", config)
        if isinstance(credential, Reply):
            return credential
        form = parse_qs(request.body.decode("utf-8", "replace"), keep_blank_values=True)
        scope = form.get("scope", [""])[0]
        if not scope:
            return _refused(400, 5, "scope is empty")
        if scope not in SCOPES:
            return _refused(400, 1, "scope data format invalid")
        if scope != credential.scope:
            return _refused(400, 7, "scope from db not fully includes consumed scope")
        token, expires = self.issue(credential, config.token_seconds)
        unit = 1000 if config.expires_at == "ms" else 1
        return Reply(
            200, _HEADERS, compact({"access_token": token, "expires_at": int(expires * unit)})
        )

    def issue(self, credential: Credential, seconds: float) -> tuple[str, float]:
        token = _opaque_token()
        expires = self.clock() + seconds
        self._tokens[token] = _Token(credential, expires)
        return token, expires

    def holder(self, authorization: str | None) -> Credential | str:
        """Whose token it is, or GigaChat's words about why it is nobody's."""
        scheme, _, value = (authorization or "").partition(" ")
        token = self._tokens.get(value.strip())
        if scheme.lower() != "bearer" or token is None:
            return "Unauthorized"
        if token.expires <= self.clock():
            return "Token has expired"
        return token.credential

    def revoke(self) -> None:
        """Every token given out so far has expired from now on."""
        for token in self._tokens.values():
            token.expires = 0

    def forget(self) -> None:
        self._tokens.clear()
        self._recent.clear()
        self.calls = 0

    def _calls_this_second(self) -> int:
        now = self.clock()
        self._recent.append(now)
        while self._recent[0] <= now - 1:
            self._recent.popleft()
        return len(self._recent)


def _credential(authorization: str, config: EmulatorConfig) -> Credential | Reply:
    scheme, _, key = authorization.partition(" ")
    schemes = {"basic", "bearer"} if config.oauth_bearer == "accept" else {"basic"}
    try:
        decoded = base64.b64decode(key.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    if scheme.lower() not in schemes or ":" not in decoded:
        return _refused(401, 4, "Can't decode 'Authorization' header")
    for credential in config.credentials:
        if secrets.compare_digest(credential.key, key.strip()):
            return credential
    return _refused(401, 6, "credentials doesn't match db data")


def _refused(status: int, code: int, message: str) -> Reply:
    return Reply(status, _HEADERS, compact({"code": code, "message": message}))


def _is_uuid4(text: str | None) -> bool:
    try:
        return uuid.UUID(text or "").version == 4
    except ValueError:
        return False


def _opaque_token() -> str:
    """Five dot parts beginning with eyJ, like the JWE that GigaChat gives; nothing inside."""
    parts = [secrets.token_urlsafe(n) for n in _PART_BYTES]
    return "eyJ" + ".".join(parts)[3:]
