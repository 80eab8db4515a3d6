"""Who is logged in to the panel: a cookie that only its owner has, and a token in each form.

The cookie is HttpOnly and SameSite=Strict; what is stored of it is its hash.  A change needs the
session's form token as well, which no other page can read.
"""

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

from gigagate.panel.store import PanelStore, StoredSession

COOKIE = "gigagate_admin"
LIFE = 12 * 3600
"""Seconds of a session."""
LONGEST = 200
"""Characters of a key or a cookie that are looked at."""


class AdminSession(NamedTuple):
    digest: str
    form: str
    """The anti-forgery token, for changes."""


class AdminSessions:
    """The panel's logins.  Its methods block; all but `opens` raise StoreError."""

    def __init__(self, store: PanelStore, key: Callable[[], str]) -> None:
        """key: the admin's, as it is now."""
        self._store = store
        self._key = key

    def opens(self, given: str) -> bool:
        """Whether it is the admin's key."""
        return hmac.compare_digest(_digest(given[:LONGEST]), _digest(self._key()))

    def begin(self, now: float) -> tuple[str, AdminSession]:
        """A new session: the cookie's value, and what is known of it."""
        cookie = secrets.token_urlsafe(32)
        session = AdminSession(_digest(cookie), secrets.token_urlsafe(24))
        self._store.keep(
            StoredSession(session.digest, _digest(self._key()), session.form, now + LIFE), now
        )
        return cookie, session

    def of(self, header: str, now: float) -> AdminSession | None:
        """The session of a Cookie header; None for none, an ended one, or one of another key."""
        cookie = _cookie(header)
        found = self._store.session(_digest(cookie)) if cookie else None
        if found is None or not self._is_good(found, now):
            return None
        return AdminSession(found.digest, found.form)

    def lasts(self, session: AdminSession, now: float) -> bool:
        """Whether it has not ended since."""
        found = self._store.session(session.digest)
        return found is not None and self._is_good(found, now)

    def _is_good(self, found: StoredSession, now: float) -> bool:
        return found.ends >= now and hmac.compare_digest(found.key, _digest(self._key()))

    def end(self, session: AdminSession) -> None:
        self._store.forget(session.digest)


def may_change(session: AdminSession, given: str) -> bool:
    """Whether a change came from a page of that login."""
    return hmac.compare_digest(session.form.encode(), given[:LONGEST].encode(errors="replace"))


def set_cookie(value: str, *, secure: bool) -> str:
    """The Set-Cookie header of a login; an empty value ends it."""
    life = LIFE if value else 0
    end = "; Secure" if secure else ""
    return f"{COOKIE}={value}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict{end}"


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header[:8192]).get(COOKIE)
    except CookieError:
        return ""
    return found.value[:LONGEST] if found else ""


def _digest(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()
