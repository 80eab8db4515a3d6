"""The way of a client's request: who may come in, what is answered here, what goes to GigaChat.

The flow stays the client's side of the conversation; `wire_stream.py` puts GigaChat's side on the
wire with what is prepared here.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from mitmproxy import http
from mitmproxy.connection import Client

from gigagate import __version__
from gigagate.core import content_coding
from gigagate.errors import (
    ClientError,
    GigaGateError,
    InternalError,
    InvalidApiKey,
    InvalidRequest,
    NotReady,
    TokenUnavailable,
)
from gigagate.exchange import Answer, ClientRequest, Exchange
from gigagate.gigachat import session
from gigagate.hooks import local_paths
from gigagate.hooks.account import Account
from gigagate.hooks.answers import error_response, new_request_id
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.hooks.calls.shelves import CallShelves
from gigagate.hooks.calls.slots import CallSlots
from gigagate.hooks.door import access, client_secrets, cors
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.request_head import headers_of
from gigagate.hooks.runtime import Runtime
from gigagate.rate_limit import RateLimit, sender
from gigagate.retries import Retries
from gigagate.tokens import AccessToken

if TYPE_CHECKING:
    from gigagate.hooks.wire.stream import GigaStream

logger = logging.getLogger(__name__)

USER_AGENT = f"GigaGate/{__version__}"
"""GigaChat answers 403 to a request without one."""

CLIENT = "gigagate.client"
"""In a flow's metadata: the name of the client's key."""

WAIT_SLICE = 1.0
"""Seconds of one wait; after it the client is checked: it may have left, or need a sign of life."""


class Gateway:
    name = "gigagate.gateway"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.rate_limit = RateLimit()
        self.admitted: WeakSet[http.HTTPFlow] = WeakSet()
        """mitmproxy leaves our hooks out when a script loaded before us fails or halts there."""
        self.accounts: WeakKeyDictionary[http.HTTPFlow, Account] = WeakKeyDictionary()
        """Where each client brings its own key: not in the flow, which is shown and saved."""
        self.calls: WeakKeyDictionary[http.HTTPFlow, UpstreamCall] = WeakKeyDictionary()
        self.waits: dict[str, UpstreamCall] = {}
        """By the client's connection: HTTP/1 has one request at a time."""
        self.on_the_wire: set[GigaStream] = set()
        """Streams with an answer of GigaChat's to come."""
        self.slots = CallSlots(runtime, self)
        self.shelves = CallShelves(runtime)

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        try:
            if flow.live and flow.is_replay != "request" and flow.response is None:
                flow.response = self.admit(flow)
                self.admitted.add(flow)
        except GigaGateError as error:
            flow.response = error_response(error, flow.request)
        finally:
            client_secrets.remove(flow.request)

    def admit(self, flow: http.HTTPFlow) -> http.Response | None:
        """Raises ClientError for whom we do not know; answers a browser that asks before it sends.

        What the proxy says of itself is guarded where it is said, in local_endpoints.py.
        """
        request, settings = flow.request, self.runtime.settings
        access.check_sender(request, settings)
        if preflight := cors.preflight(request):
            return preflight
        if local_paths.of(request) is None:
            address = sender(flow.client_conn.peername[0])
            per_minute = settings.limits.requests_per_minute
            try:
                self.identify(flow)
            except ClientError:
                self.rate_limit.take(address, per_minute)
                raise
            self.rate_limit.take(flow.metadata.get(CLIENT) or address, per_minute)
        return None

    def identify(self, flow: http.HTTPFlow) -> None:
        """Raises ClientError."""
        accounts = self.runtime.accounts
        linked = access.linked_client(flow.request, self.runtime.policy.files.link_key)
        if linked is None:
            access.check_page(flow.request)
        if accounts.own is None:
            account = accounts.named(linked) if linked else None
            self.accounts[flow] = account or accounts.of_client(flow.request)
        elif linked is not None:
            flow.metadata[CLIENT] = linked
        else:
            flow.metadata[CLIENT] = access.client_name(flow.request, self.runtime.settings)

    def account_of(self, flow: http.HTTPFlow) -> Account:
        """Raises InvalidApiKey."""
        if own := self.runtime.accounts.own:
            return own
        account = None if flow.is_replay == "request" else self.accounts.get(flow)
        if account is None:
            raise InvalidApiKey(
                "A replayed conversation has no key, and this proxy has none of its own: each "
                "client brings its key (GIGAGATE_AUTH_MODE=passthrough)."
            )
        return account

    @fail_closed
    async def request(self, flow: http.HTTPFlow) -> None:
        if flow.response is None:
            account = self.runtime.accounts.own or self.accounts.get(flow)
            if account is not None:
                await self.shelves.bring(flow, account.name or flow.metadata.get(CLIENT, ""))
        if flow.response is not None or not flow.live:
            _keep_packed(flow.request)
            return
        if not self.runtime.ready:
            _keep_packed(flow.request)
            error = NotReady("The proxy is starting. Try again in a second.", retry_after=1)
            flow.response = error_response(error, flow.request)

    def open(self, flow: http.HTTPFlow) -> UpstreamCall:
        """The request, in hand but not translated.  Raises GigaGateError."""
        request = flow.request
        if flow.is_replay != "request" and flow not in self.admitted:
            client_secrets.remove(request)
            logger.error("Nobody has asked who sends this request: a script loaded before failed")
            raise InternalError
        target = (request.scheme, request.host, request.port)
        upstream = self.runtime.upstream
        if target != (upstream.scheme, *upstream.address):
            raise InvalidRequest(
                f"This flow points to {request.scheme}://{request.host}:{request.port}, "
                f"and this proxy sends to {upstream.scheme}://{upstream.host_header} only."
            )
        account = self.account_of(flow)
        client_request = ClientRequest(
            request.method,
            request.path,
            headers_of(request),
            self.unpacked(request),
            client=account.name or flow.metadata.get(CLIENT, ""),
            base_url=f"{'https' if flow.client_conn.tls else 'http'}://{request.host_header}/v1",
        )
        exchange = Exchange(
            client_request,
            self.runtime.policy,
            request_id=new_request_id(),
            now=int(time.time()),
            shelf=self.shelves.of(flow),
            models=account.models,
        )
        call = UpstreamCall(
            exchange,
            account,
            flow.client_conn.id,
            Retries(time.monotonic() + self.runtime.settings.deadlines.retry),
            account.tokens.now(),
            client=client_request.client,
        )
        self.calls[flow] = call
        return call

    def prepare(self, call: UpstreamCall) -> Answer | None:
        """Translates, without waiting for anything.  An answer: nothing need go to GigaChat.

        Raises GigaGateError.
        """
        asked = call.exchange.upstream_request()
        if isinstance(asked, Answer):
            return asked
        call.send(asked)
        call.account.files.attach_known(call)
        if call.has_fetched:
            self.slots.enter(call)
        return None

    def unpacked(self, request: http.Request) -> bytes:
        """The body.  Raises ClientError; then nobody who looks at the flow unpacks it either."""
        coding = request.headers.get("content-encoding", "")
        limit = self.runtime.settings.limits.body_bytes
        try:
            return content_coding.decode(request.raw_content or b"", coding, limit)
        except ClientError:
            _keep_packed(request)
            raise

    async def gigagate_wait(self, call: UpstreamCall) -> None:
        if call.waiting is None:
            call.waiting = asyncio.ensure_future(self.make_ready(call))
            self.waits[call.connection_id] = call
        await asyncio.wait({call.waiting}, timeout=WAIT_SLICE)
        if call.waiting.done():
            self.waits.pop(call.connection_id, None)
            call.waiting = None

    async def make_ready(self, call: UpstreamCall) -> None:
        try:
            await asyncio.sleep(call.pause)
            call.pause = 0
            tokens, files = call.account.tokens, call.account.files
            if not call.has_fetched:  # before the slot: it waits for others than GigaChat
                await files.fetch(call)
                self.slots.enter(call)
            if call.slot is not None and not call.slot.held:
                await call.slot.wait()
                call.token = tokens.now()
            if not call.has_files:
                await files.attach(call)
                call.token = tokens.now()
            if call.token is None:
                call.token = await self.access_token(call)
            if call.exchange.missing_pictures:
                await files.fetch_pictures(call)
        except GigaGateError as error:
            call.error = error
        except Exception:
            logger.exception("The call cannot be made ready")
            call.error = InternalError()

    async def access_token(self, call: UpstreamCall) -> AccessToken:
        """Raises CredentialError, an outage of OAuth's only when it lasts (deadlines.retry)."""
        tokens, refused = call.account.tokens, call.refused
        while True:
            try:
                return await (tokens.replace(refused) if refused else tokens.get())
            except TokenUnavailable as error:
                pause = call.retries.pause(error, time.monotonic())
                if pause is None:
                    raise
                logger.warning("Again in %.1f s: %s", pause, error.message)
                await asyncio.sleep(pause)

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


def _keep_packed(request: http.Request) -> None:
    """mitmproxy would unpack it without a bound, in mitmweb or into a HAR."""
    if coding := request.headers.pop("content-encoding", None):
        request.headers["x-not-unpacked"] = coding
