"""What the proxy answers about itself: status page, health, statistics, metrics.

Whoever may use GigaChat through this proxy may read it; where client keys are configured, that is
whoever has one.  The command line has a key of its own, from the file in the state directory.
"""

import hmac
from collections.abc import Awaitable, Callable
from weakref import WeakSet

from mitmproxy import http

from gigagate.dialects.openai.envelope import error_object
from gigagate.errors import (
    CredentialError,
    GigaGateError,
    HostNotAllowed,
    InvalidApiKey,
    MethodNotAllowed,
)
from gigagate.hooks import local_paths
from gigagate.hooks.about.status import Status
from gigagate.hooks.answers import error_response, json_response, response
from gigagate.hooks.door import access, client_key, client_secrets
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.runtime import Runtime
from gigagate.running import Keys
from gigagate.status_page import page
from gigagate.telemetry import metrics
from gigagate.threads import in_thread

LOGIN = {"www-authenticate": 'Basic realm="GigaGate: your key as the password", charset="UTF-8"'}
PRIVATE = {"cache-control": "no-store"}


class LocalEndpoints:
    name = "gigagate.local_endpoints"

    def __init__(self, runtime: Runtime, status: Status, keys: Keys) -> None:
        self.runtime = runtime
        self._status = status
        self.keys = keys
        self.by_command_line: WeakSet[http.HTTPFlow] = WeakSet()
        self.welcome: WeakSet[http.HTTPFlow] = WeakSet()
        """Not so a flow that nobody has looked at: a script loaded before us may have failed."""

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """While the key is still there to be seen."""
        path = local_paths.of(flow.request)
        if path is None or path is local_paths.PANEL:
            return
        ours = self.keys.command_line
        if client_key.carries(flow.request, ours):
            self.by_command_line.add(flow)
        elif self.runtime.asks_for_keys and not path.open and not self.knows(flow.request):
            return
        self.welcome.add(flow)

    @fail_closed
    def request(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        path = local_paths.of(flow.request)
        if path is None or path is local_paths.PANEL or flow.response or not flow.live:
            return None
        return self._answer(flow, path)

    async def _answer(self, flow: http.HTTPFlow, path: local_paths.LocalPath) -> None:
        if flow not in self.welcome:
            client_secrets.remove(flow.request)
            flow.response = self.login(flow.request)
            return
        try:
            if flow.request.method not in _methods(path.method):
                raise MethodNotAllowed(
                    f"{flow.request.path.partition('?')[0]} takes {path.method}, "
                    f"not {flow.request.method}."
                )
            answer: Callable[[http.HTTPFlow], Awaitable[http.Response]]
            answer = getattr(self, path.answer)
            flow.response = await answer(flow)
        except GigaGateError as error:
            flow.response = error_response(error, flow.request)

    def knows(self, request: http.Request) -> bool:
        """Whether a client's key is there."""
        runtime = self.runtime
        try:
            return bool(access.client_name(request, runtime.settings, runtime.clients))
        except GigaGateError:
            return False

    def login(self, request: http.Request) -> http.Response:
        error = InvalidApiKey(
            "This proxy asks for a client key here. In a browser: as the password."
        )
        return json_response(error.status, error_object(error), request, LOGIN)

    async def health(self, flow: http.HTTPFlow) -> http.Response:
        return json_response(200, {"status": "ok"}, flow.request)

    async def readiness(self, flow: http.HTTPFlow) -> http.Response:
        told = await self._status.readiness()
        return json_response(503 if "reasons" in told else 200, told, flow.request, PRIVATE)

    async def statistics(self, flow: http.HTTPFlow) -> http.Response:
        return json_response(200, await self._status.statistics(), flow.request, PRIVATE)

    async def metrics(self, flow: http.HTTPFlow) -> http.Response:
        text = await self._status.metrics()
        headers = {"content-type": metrics.CONTENT_TYPE, **PRIVATE}
        return response(200, headers, text, flow.request)

    async def status(self, flow: http.HTTPFlow) -> http.Response:
        request = flow.request
        state = await self._status.state(f"http://{request.host_header}/v1")
        if "text/html" not in request.headers.get("accept", ""):
            return json_response(200, state, request, PRIVATE)
        language = page.language(
            request.query.get("lang", ""), request.headers.get("accept-language", "")
        )
        html = page.render(state, language, self.keys.form)
        return response(200, {**page.HEADERS, **PRIVATE}, html.encode(), request)

    async def refresh_token(self, flow: http.HTTPFlow) -> http.Response:
        """Raises HostNotAllowed or CredentialError."""
        by_form = flow not in self.by_command_line
        if by_form and not self.is_our_form(flow.request):
            raise HostNotAllowed(
                "Only the status page of this proxy, or ./run.sh token, may do this."
            )
        try:
            await in_thread(self.runtime.accounts.refresh_tokens, "access token")
        except CredentialError:
            if not by_form:
                raise
        if by_form:  # the page shows what became of it
            back = f"/?{flow.request.path.partition('?')[2]}".rstrip("?")
            return response(303, {"location": back, **PRIVATE}, b"", flow.request)
        return json_response(200, self._status.token(), flow.request, PRIVATE)

    def is_our_form(self, request: http.Request) -> bool:
        """A page of another origin cannot read the form's token; browsers also tell its origin."""
        token = request.urlencoded_form.get("form_token", "")
        return (
            hmac.compare_digest(token.encode(), self.keys.form.encode())
            and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
            and request.headers.get("origin", f"http://{request.host_header}")
            in (f"http://{request.host_header}", f"https://{request.host_header}")
        )


def _methods(method: str) -> tuple[str, ...]:
    return ("GET", "HEAD") if method == "GET" else (method,)
