"""The way of a client's request: who may come in, what is answered here, what goes to GigaChat.

The flow stays the client's side of the conversation; `wire_stream.py` puts GigaChat's side on the
wire with what is prepared here.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.connection import Client

from gigagate import __version__, routes
from gigagate.core import signed_link
from gigagate.dialects.files import FetchFile
from gigagate.errors import (
    GigaGateError,
    HostNotAllowed,
    InternalError,
    InvalidApiKey,
    InvalidRequest,
    NotReady,
)
from gigagate.exchange import ClientRequest, Exchange
from gigagate.gigachat import session
from gigagate.hooks import client_key, client_secrets, local_paths
from gigagate.hooks.answers import error_response
from gigagate.hooks.call import UpstreamCall
from gigagate.hooks.call_slots import CallSlots
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.runtime import Runtime
from gigagate.retries import Retries

if TYPE_CHECKING:
    from gigagate.hooks.wire_stream import GigaStream

logger = logging.getLogger(__name__)

USER_AGENT = f"GigaGate/{__version__}"
"""GigaChat answers 403 to a request without one."""

CLIENT = "gigagate.client"
"""In a flow's metadata: the name of the client's key."""

WAIT_SLICE = 1.0
"""Seconds a wait may take before the client is looked after: it may have left, or need a sign."""


class Gateway:
    name = "gigagate.gateway"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.calls: WeakKeyDictionary[http.HTTPFlow, UpstreamCall] = WeakKeyDictionary()
        self.waits: dict[str, UpstreamCall] = {}
        """By the client's connection: HTTP/1 has one request at a time."""
        self.on_the_wire: set[GigaStream] = set()
        """Streams with an answer of GigaChat's to come."""
        self.slots = CallSlots(runtime, self)

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        holder = client_key.holder(flow.request, self.runtime.settings.client_keys)
        client_secrets.remove(flow.request)
        if flow.live and flow.is_replay != "request":
            try:
                self.check_sender(flow.request)
                if local_paths.of(flow.request) is None:
                    flow.metadata[CLIENT] = self.client(flow.request, holder)
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
        if origin and origin not in settings.allowed_origins and not _is_ours(origin, request):
            raise HostNotAllowed(
                f"Web pages of {origin!r} may not use this proxy. "
                "Add the origin to access.origins in config/gigachat.yaml if they should."
            )
        if request.http_version not in ("HTTP/1.0", "HTTP/1.1"):
            raise InvalidRequest(f"{request.http_version} is not spoken here: use HTTP/1.1.")
        if request.authority:
            raise InvalidRequest("This is no forward proxy: send a path, not a full URL.")

    def client(self, request: http.Request, holder: str | None) -> str:
        """The name of who asks; "" where clients are not told apart.  holder: of the key it gave.

        A signed link to a picture is as good as a key.  Raises InvalidApiKey or LinkRefused.
        """
        path, _, query = request.path.partition("?")
        if "signature=" in query:
            endpoint = routes.find(request.method, path)
            if endpoint.handler is FetchFile:
                key, now = self.runtime.policy.files.link_key, int(time.time())
                client = signed_link.client_of(endpoint.item, query, key=key, now=now)
                if client is not None:
                    return client
        if holder is None and self.runtime.settings.client_keys:
            raise InvalidApiKey(
                "This proxy asks for a key of its own, and the one given is none of them. "
                "Ask whoever runs it for one, and set it as the API key of your client."
            )
        return holder or ""

    @fail_closed
    def request(self, flow: http.HTTPFlow) -> None:
        if flow.response is not None or not flow.live:
            return
        if not self.runtime.ready:
            error = NotReady("The proxy is starting. Try again in a second.", retry_after=1)
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
        headers = {name.lower(): value for name, value in request.headers.items()}
        client_request = ClientRequest(
            request.method,
            request.path,
            headers,
            _body(request),
            client=flow.metadata.get(CLIENT, ""),
            base_url=f"{'https' if flow.client_conn.tls else 'http'}://{request.host_header}/v1",
        )
        exchange = Exchange(
            client_request, self.runtime.policy, request_id=uuid.uuid4().hex, now=int(time.time())
        )
        call = UpstreamCall(
            exchange,
            exchange.upstream_request(),
            flow.client_conn.id,
            Retries(time.monotonic() + self.runtime.settings.deadlines.retry),
            self.runtime.tokens.now(),
            client=client_request.client,
        )
        self.runtime.files.attach_known(call)
        self.calls[flow] = call
        self.slots.enter(call)
        return call

    async def gigagate_wait(self, call: UpstreamCall) -> None:
        if call.waiting is None:
            call.waiting = asyncio.ensure_future(self.make_ready(call))
            self.waits[call.client_id] = call
        await asyncio.wait({call.waiting}, timeout=WAIT_SLICE)
        if call.waiting.done():
            self.waits.pop(call.client_id, None)
            call.waiting = None

    async def make_ready(self, call: UpstreamCall) -> None:
        try:
            await asyncio.sleep(call.pause)
            call.pause = 0
            tokens = self.runtime.tokens
            if call.slot is not None and not call.slot.held:
                await call.slot.wait()
                call.token = tokens.now()
            if not call.has_files:
                await self.runtime.files.attach(call)
                call.token = tokens.now()
            if call.token is None:
                refused = call.refused
                call.token = await (tokens.replace(refused) if refused else tokens.get())
            if call.exchange.missing_pictures:
                await self.runtime.files.fetch_pictures(call)
        except GigaGateError as error:
            call.error = error
        except Exception:
            logger.exception("The call cannot be made ready")
            call.error = InternalError()

    def client_disconnected(self, client: Client) -> None:
        """Whatever it waited for, others may have it."""
        call = self.waits.pop(client.id, None)
        if call is not None and call.waiting is not None:
            call.waiting.cancel()

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
            **session.client_headers(call.client),
            "content-length": str(len(call.request.body)),
            "authorization": f"Bearer {call.token.value}",
        }


def _host_name(host_header: str) -> str:
    host = host_header.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _is_ours(origin: str, request: http.Request) -> bool:
    """A page that came from this proxy, under the very name that was just allowed."""
    return bool(request.host_header) and origin.partition("://")[2] == request.host_header


def _body(request: http.Request) -> bytes:
    encoding = request.headers.get("content-encoding", "identity").lower()
    body = request.raw_content or b""
    if encoding == "identity" or not body:
        return body
    try:
        return request.get_content(strict=True) or b""
    except ValueError:
        raise InvalidRequest(f"The body is not valid {encoding}.") from None
