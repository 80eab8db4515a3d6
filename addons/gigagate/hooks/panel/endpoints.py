"""/admin and what lies below it: pages, their files, and the API.

What is asked here is no client's traffic: it is not counted, and needs no client's key.
"""

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Awaitable
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.log import ALERT

from gigagate import __version__
from gigagate.errors import GigaGateError, InvalidApiKey, MethodNotAllowed, NotFound, StoreError
from gigagate.hooks import local_paths
from gigagate.hooks.about import greeting
from gigagate.hooks.about.status import Status
from gigagate.hooks.answers import error_response, json_response, response
from gigagate.hooks.door import client_secrets
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.inspection.flow_sessions import FlowSessions
from gigagate.hooks.panel.api import PanelApi
from gigagate.hooks.panel.clients import ClientsPart
from gigagate.hooks.panel.door import Admin, PanelDoor
from gigagate.hooks.panel.events import HEADERS, Events
from gigagate.hooks.panel.models import ModelsPart
from gigagate.hooks.panel.overview import Overview
from gigagate.hooks.panel.proxy import ProxyPart
from gigagate.hooks.panel.requests import LastRequests
from gigagate.hooks.panel.routes import Look, number_of
from gigagate.hooks.panel.sessions import SessionsPart
from gigagate.hooks.patches import looks
from gigagate.hooks.runtime import Runtime
from gigagate.hooks.telemetry import Telemetry
from gigagate.hooks.wire import live
from gigagate.panel import page
from gigagate.panel.history import History
from gigagate.panel.log_tail import LogTail
from gigagate.panel.requests import Requests
from gigagate.panel.sessions import set_cookie
from gigagate.panel.store import PanelStore
from gigagate.panel.watch import Watch
from gigagate.rate_limit import RateLimit, sender
from gigagate.report_page.page import THREAD_STYLE
from gigagate.running import Keys
from gigagate.status_page.page import language
from gigagate.telemetry.finished import Finished
from gigagate.threads import in_thread

LOGINS_PER_MINUTE = 10
_TOO_MANY_KEYS = "More than {} keys were tried from this address in a minute: wait, then log in."
SAVE_SECONDS = 1.0
"""Seconds between two looks whether somebody watches the panel."""
SAVE_AT_LEAST = 15
"""Looks after which there is a save even if nobody watches the panel."""
FILES_OF_PAGES = dict(page.FILES) | {
    "thread.css": page.PageFile("text/css; charset=utf-8", THREAD_STYLE.encode())
}
API = "/admin/api/"
EVENTS = "/admin/api/events"
FILES = "/admin/files/"

logger = logging.getLogger(__name__)


class Panel:
    name = "gigagate.panel"

    def __init__(
        self,
        runtime: Runtime,
        telemetry: Telemetry,
        status: Status,
        keys: Keys,
        sessions: FlowSessions,
        look: Look,
    ) -> None:
        store = PanelStore(runtime.settings.state_dir)
        self._runtime = runtime
        self._history = History(store)
        self._requests = Requests(store)
        self._watch = Watch(runtime.settings.state_dir)
        self._tail = LogTail()
        self.door = PanelDoor(runtime, keys, store)
        overview = Overview(runtime, status, self._history)
        self._last = LastRequests(self._requests)
        proxy = ProxyPart(runtime, self.door, self._tail, look)
        clients, models = ClientsPart(runtime, self._history), ModelsPart(runtime, look)
        tasks = SessionsPart(sessions)
        self._api = PanelApi((overview, self._last, tasks, clients, models, proxy))
        topics = {
            "health": overview.health_now,
            "overview": overview.now,
            "requests": self._last.new,
            "sessions": tasks.new,
            "log": proxy.new_lines,
        }
        self._events = Events(runtime, self.door, self._watch, self._last, topics)
        self._admins: WeakKeyDictionary[http.HTTPFlow, Admin | None] = WeakKeyDictionary()
        self._keys_given: WeakKeyDictionary[http.HTTPFlow, str] = WeakKeyDictionary()
        self._logins = RateLimit(message=_TOO_MANY_KEYS)
        self._saving: asyncio.Task[None] | None = None
        self.tells_link = True
        """At the start; one of many workers does so for all."""
        telemetry.listeners.append(self.heard)

    def heard(self, finished: Finished) -> None:
        """A request has ended."""
        self._history.count(finished)
        self._last.came(finished)

    def running(self) -> None:
        logging.getLogger().addHandler(self._tail)
        self._saving = asyncio.create_task(self._save_now_and_then())
        if self.tells_link:
            asyncio.get_running_loop().call_soon(self._tell_link)

    def done(self) -> None:
        logging.getLogger().removeHandler(self._tail)
        if self._saving is not None:
            self._saving.cancel()
        with contextlib.suppress(StoreError):
            self._save()

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """While cookie and key are still there to be seen."""
        request = flow.request
        path = request.path.partition("?")[0]
        if not local_paths.is_panel(path):
            return
        if path == "/admin" and "token" in request.query:
            self._keys_given[flow] = request.query["token"]
        try:
            self._admins[flow] = self.door.who(request)
        except StoreError:
            self._admins[flow] = None
        client_secrets.remove(request)

    @fail_closed
    def request(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        path = flow.request.path.partition("?")[0]
        asked = local_paths.is_panel(path) and flow.response is None and flow.live
        return self._answer(flow, path) if asked else None

    async def _answer(self, flow: http.HTTPFlow, path: str) -> None:
        try:
            flow.response = await self._answered(flow, path)
        except GigaGateError as error:
            flow.response = error_response(error, flow.request)
        if path == "/admin/login":  # the key that was typed in is not kept in the flow
            flow.request.content = b""

    async def _answered(self, flow: http.HTTPFlow, path: str) -> http.Response:
        request, admin = flow.request, self._admins.get(flow)
        if path.startswith(FILES):
            return _file(request, path.removeprefix(FILES))
        if path == "/admin/login" and request.method == "POST":
            return await self._log_in(flow, request.urlencoded_form.get("key", ""))
        if flow in self._keys_given:
            return await self._log_in(flow, self._keys_given[flow])
        if path == EVENTS and request.method == "GET":
            return self._live(request, admin)
        if path.startswith(API):
            return await self._told(request, admin, path.removeprefix(API))
        if path == "/admin/logout" and request.method == "POST":
            return await self._log_out(request, admin)
        if path != "/admin" or request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(f"{request.method[:20]} {path[:100]} is not possible.")
        if admin is None or admin.session is None:
            shown = page.login(_language(request), refused=False, version=__version__)
        else:
            shown = page.panel(
                _language(request),
                form=admin.session.form,
                version=__version__,
                without=() if looks.keeps_flows() else ("sessions",),
            )
        return _page(request, shown)

    async def _told(self, request: http.Request, admin: Admin | None, name: str) -> http.Response:
        admin = _let_in(admin)
        method = "GET" if request.method == "HEAD" else request.method
        if method != "GET":
            self.door.check_change(admin, request)
        told = await self._api.of(method, name)(request, admin)
        return json_response(200, told, request, {"cache-control": "no-store"})

    def _live(self, request: http.Request, admin: Admin | None) -> http.Response:
        after = number_of(request.query.get("after"), 0)
        source = self._events.of(request.query.get("of", ""), after, _let_in(admin))
        return live.answer(HEADERS, source, request)

    async def _log_in(self, flow: http.HTTPFlow, key: str) -> http.Response:
        request = flow.request
        address = sender(flow.client_conn.peername[0])
        self._logins.take(address, LOGINS_PER_MINUTE)
        if not self.door.sessions.opens(key):
            html = page.login(_language(request), refused=True, version=__version__)
            return _page(request, html, status=401)
        self._logins.forget(address)
        cookie, _ = await in_thread(lambda: self.door.sessions.begin(time.time()), "login")
        secure = request.headers.get("x-forwarded-proto", "") == "https"
        headers = {
            "location": f"/admin?lang={_language(request)}",
            "set-cookie": set_cookie(cookie, secure=secure),
            "cache-control": "no-store",
        }
        return response(303, headers, b"", request)

    async def _log_out(self, request: http.Request, admin: Admin | None) -> http.Response:
        if admin is not None and admin.session is not None:
            self.door.check_change(admin, request)
            session = admin.session
            await in_thread(lambda: self.door.sessions.end(session), "logout")
        headers = {"location": "/admin", "set-cookie": set_cookie("", secure=False)}
        return response(303, headers, b"", request)

    def _tell_link(self) -> None:
        """The key goes to a terminal, as mitmweb's does; a log elsewhere is no place for it."""
        url = f"{greeting.url_of_proxy()}/admin"
        if self._runtime.settings.admin_key is not None:
            logger.log(ALERT, "The panel: %s", url)
        elif sys.stdout.isatty():
            sys.stdout.write(f"The panel: {url}?token={self.door.key()}\n")
        else:
            logger.log(ALERT, "The panel: %s (./run.sh panel shows its link with the key)", url)

    async def _save_now_and_then(self) -> None:
        rounds = 0
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            rounds += 1
            if rounds >= SAVE_AT_LEAST or self._watch.anyone(time.time()):
                rounds = 0
                with contextlib.suppress(StoreError):
                    await in_thread(self._save, "the panel's sums")

    def _save(self) -> None:
        """Raises StoreError."""
        self._history.save()
        self._requests.save()


def _let_in(admin: Admin | None) -> Admin:
    """Raises InvalidApiKey."""
    if admin is None:
        raise InvalidApiKey("The panel asks for the admin's key: log in at /admin.")
    return admin


def _page(request: http.Request, html: str, status: int = 200) -> http.Response:
    return response(status, page.HEADERS, html.encode(), request)


def _file(request: http.Request, name: str) -> http.Response:
    file = FILES_OF_PAGES.get(name)
    if file is None:
        raise NotFound(f"The panel has no file {name[:100]}.")
    headers = {
        "content-type": file.media_type,
        "cache-control": "no-cache",
        "x-content-type-options": "nosniff",
    }
    return response(200, headers, file.content, request)


def _language(request: http.Request) -> str:
    return language(request.query.get("lang", ""), request.headers.get("accept-language", ""))
