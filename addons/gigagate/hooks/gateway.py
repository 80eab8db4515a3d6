"""The way of a client's request: who may come in, what is answered here, what goes to GigaChat.

The flow stays the client's side of the conversation; `wire.py` puts GigaChat's side on the wire
with what is prepared here.
"""

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.proxy import commands

from gigagate import __version__
from gigagate.errors import (
    GigaGateError,
    HostNotAllowed,
    InternalError,
    InvalidRequest,
    NotReady,
)
from gigagate.exchange import ClientRequest, Exchange, UpstreamRequest
from gigagate.hooks import client_secrets, local_endpoints
from gigagate.hooks.answers import error_response
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.runtime import Runtime
from gigagate.tokens import AccessToken

logger = logging.getLogger(__name__)

USER_AGENT = f"GigaGate/{__version__}"
"""GigaChat answers 403 to a request without one."""


@dataclass(eq=False, slots=True)
class UpstreamCall:
    """One client request on its way to GigaChat."""

    exchange: Exchange
    request: UpstreamRequest
    started: float = field(default_factory=time.time)
    token: AccessToken | None = None
    error: GigaGateError | None = None
    refused: AccessToken | None = None
    """The token GigaChat has answered 401 to: another one is tried, once."""


@dataclass
class AccessTokenHook(commands.StartHook):
    """A call waits for a token: the first one, or another in place of a refused one."""

    name = "gigagate_access_token"
    call: UpstreamCall


class Gateway:
    name = "gigagate.gateway"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.calls: WeakKeyDictionary[http.HTTPFlow, UpstreamCall] = WeakKeyDictionary()

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        client_secrets.remove(flow.request)
        if flow.live and flow.is_replay != "request":
            try:
                self.check_sender(flow.request)
            except GigaGateError as error:
                flow.response = error_response(error, flow.request)

    def check_sender(self, request: http.Request) -> None:
        """A web page must not reach us through the user's browser.

        Raises HostNotAllowed or InvalidRequest.
        """
        settings = self.runtime.settings
        host = _host_name(request.host_header or "")
        if host and host not in settings.allowed_hosts:
            raise HostNotAllowed(
                f"This proxy does not answer to the host name {host!r}. "
                "Use localhost, or add the name to GIGAGATE_ALLOWED_HOSTS."
            )
        origin = request.headers.get("origin")
        if origin and origin not in settings.allowed_origins:
            raise HostNotAllowed(
                f"Web pages of {origin!r} may not use this proxy. "
                "Add the origin to access.origins in config/gigachat.yaml if they should."
            )
        if request.http_version not in ("HTTP/1.0", "HTTP/1.1"):
            raise InvalidRequest(f"{request.http_version} is not spoken here: use HTTP/1.1.")
        if request.authority:
            raise InvalidRequest("This is no forward proxy: send a path, not a full URL.")

    @fail_closed
    def request(self, flow: http.HTTPFlow) -> None:
        if flow.response is not None or not flow.live:
            return
        try:
            flow.response = local_endpoints.answer(flow.request)
            if flow.response is None and not self.runtime.ready:
                raise NotReady("The proxy is starting. Try again in a second.", retry_after=1)
        except GigaGateError as error:
            flow.response = error_response(error, flow.request)

    def prepare(self, flow: http.HTTPFlow) -> UpstreamCall:
        """Translate, without waiting for anything.  Raises GigaGateError."""
        request = flow.request
        target = (request.scheme, request.host, request.port)
        upstream = self.runtime.upstream
        if target != (upstream.scheme, *upstream.address):
            raise InvalidRequest(
                f"This flow points to {request.scheme}://{request.host}:{request.port}, "
                f"and this proxy sends to {upstream.scheme}://{upstream.host_header} only."
            )
        path = request.path.partition("?")[0]
        headers = {name.lower(): value for name, value in request.headers.items()}
        client_request = ClientRequest(request.method, path, headers, _body(request))
        exchange = Exchange(
            client_request, self.runtime.policy, request_id=uuid.uuid4().hex, now=int(time.time())
        )
        call = UpstreamCall(exchange, exchange.upstream_request())
        call.token = self.runtime.tokens.now()
        self.calls[flow] = call
        return call

    async def gigagate_access_token(self, call: UpstreamCall) -> None:
        try:
            if call.refused is None:
                call.token = await self.runtime.tokens.get()
            else:
                call.token = await self.runtime.tokens.replace(call.refused)
        except GigaGateError as error:
            call.error = error
        except Exception:
            logger.exception("No access token")
            call.error = InternalError()

    def wire_headers(self, call: UpstreamCall) -> Mapping[str, str]:
        """Everything GigaChat gets to see besides the body: an allow-list, made anew.

        Raises InternalError if there is no token: nothing unsigned goes out.
        """
        if call.token is None:
            raise InternalError
        return {
            "host": self.runtime.upstream.host_header,
            "user-agent": USER_AGENT,
            "accept-encoding": "identity",
            **call.request.headers,
            "content-length": str(len(call.request.body)),
            "authorization": f"Bearer {call.token.value}",
        }


def _host_name(host_header: str) -> str:
    host = host_header.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _body(request: http.Request) -> bytes:
    encoding = request.headers.get("content-encoding", "identity").lower()
    body = request.raw_content or b""
    if encoding == "identity" or not body:
        return body
    try:
        return request.get_content(strict=True) or b""
    except ValueError:
        raise InvalidRequest(f"The body is not valid {encoding}.") from None
