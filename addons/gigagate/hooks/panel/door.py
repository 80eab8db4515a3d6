"""Who may use the panel: the admin's key, a session made with it, or this user's command line.

A client's key opens nothing here.  A change needs the form token of the session as well.
"""

import time
from typing import NamedTuple

from mitmproxy import http

from gigagate.errors import HostNotAllowed
from gigagate.hooks.door import client_key
from gigagate.hooks.runtime import Runtime
from gigagate.panel.sessions import AdminSession, AdminSessions, may_change
from gigagate.panel.store import PanelStore
from gigagate.running import Keys

FORM_HEADER = "x-gigagate-form"


class Admin(NamedTuple):
    """Who is at the panel."""

    session: AdminSession | None
    """None: the command line of this user."""


class PanelDoor:
    """Its methods block for as long as a small SQLite file is read, and raise StoreError."""

    def __init__(self, runtime: Runtime, keys: Keys, store: PanelStore) -> None:
        self._runtime = runtime
        self._keys = keys
        self.sessions = AdminSessions(store, self.key)

    def key(self) -> str:
        """The admin's key: the one that is set, or that of this run."""
        own = self._runtime.settings.admin_key
        return own.reveal() if own is not None else self._keys.admin

    def who(self, request: http.Request) -> Admin | None:
        if client_key.carries(request, self._keys.command_line):
            return Admin(None)
        cookies = request.headers.get("cookie", "")
        session = self.sessions.of(cookies, time.time()) if cookies else None
        return None if session is None else Admin(session)

    def lasts(self, admin: Admin) -> bool:
        """Whether who came in may still be here."""
        return admin.session is None or self.sessions.lasts(admin.session, time.time())

    def check_change(self, admin: Admin, request: http.Request) -> None:
        """Raises HostNotAllowed for a change that no page of the session asked for."""
        given = request.headers.get(FORM_HEADER, "")
        if not given and "form-urlencoded" in request.headers.get("content-type", ""):
            given = request.urlencoded_form.get("form_token", "")
        same_site = request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        if admin.session is not None and not (same_site and may_change(admin.session, given)):
            raise HostNotAllowed("Only the panel's own pages may do this: load the page anew.")

    def asks_in_playground(self, request: http.Request) -> bool:
        """Whether a request to an API comes from the panel's playground.  Raises HostNotAllowed."""
        if FORM_HEADER not in request.headers:
            return False
        admin = self.who(request)
        if admin is None or admin.session is None:
            return False
        self.check_change(admin, request)
        return True
