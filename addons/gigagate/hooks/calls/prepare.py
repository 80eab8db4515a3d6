"""A request becomes a call: translated, with an account and a slot, and at the end signed."""

import time
from collections.abc import Mapping
from dataclasses import replace

from mitmproxy import http

from gigagate import __version__
from gigagate.accounts.account import Account
from gigagate.core import content_coding
from gigagate.core.name_patterns import among
from gigagate.core.policy import Policy
from gigagate.errors import (
    ClientError,
    InternalError,
    InvalidApiKey,
    InvalidRequest,
    ModelNotAllowed,
)
from gigagate.exchange import Answer, ClientRequest, Exchange, UpstreamRequest
from gigagate.gigachat import session
from gigagate.hooks.answers import new_request_id
from gigagate.hooks.calls import files, outages
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.hooks.calls.moving import Moving
from gigagate.hooks.calls.shelves import CallShelves
from gigagate.hooks.calls.slots import CallSlots
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.door.door import Admitted, Door, keep_packed
from gigagate.hooks.request_head import headers_of, own_url
from gigagate.hooks.runtime import Runtime
from gigagate.retries import Retries

USER_AGENT = f"GigaGate/{__version__}"
"""GigaChat answers 403 to a request without one."""


class Calls:
    def __init__(
        self,
        runtime: Runtime,
        door: Door,
        traffic: Traffic,
        slots: CallSlots,
        shelves: CallShelves,
    ) -> None:
        self._runtime = runtime
        self._door = door
        self._traffic = traffic
        self._slots = slots
        self.moving = Moving(runtime, slots)
        self._shelves = shelves

    def open(self, flow: http.HTTPFlow, body: bytes | None = None) -> UpstreamCall:
        """The request, in hand but not translated.  Raises GigaGateError.

        body: what `unpacked` gave.
        """
        request, runtime = flow.request, self._runtime
        admitted = self._door.who(flow)
        target = (request.scheme, request.host, request.port)
        upstream = runtime.settings.upstream
        if target != (upstream.scheme, *upstream.address):
            raise InvalidRequest(
                f"This flow points to {request.scheme}://{request.host}:{request.port}, "
                f"and this proxy sends to {upstream.scheme}://{upstream.host_header} only."
            )
        account = self.account_of(admitted)
        client, retry = admitted.name, runtime.settings.deadlines.retry
        client_request = ClientRequest(
            request.method,
            request.path,
            headers_of(request),
            self.unpacked(request) if body is None else body,
            client=client,
            base_url=f"{own_url(flow)}/v1",
        )
        exchange = Exchange(
            client_request,
            self._policy_of(client),
            request_id=new_request_id(),
            now=int(time.time()),
            shelf=self._shelves.of(flow),
            models=account.models,
            learnt=account.learnt,
        )
        call = UpstreamCall(
            exchange,
            account,
            flow.client_conn.id,
            Retries(time.monotonic() + retry, whole=retry),
            account.tokens.now(),
            client=client,
        )
        self._traffic.calls[flow] = call
        return call

    def prepare(self, call: UpstreamCall, asked: UpstreamRequest | Answer) -> Answer | None:
        """What the request became takes its place, without waiting for anything.

        An answer: nothing need go to GigaChat.  Raises GigaGateError.
        """
        if isinstance(asked, Answer):
            return asked
        self._check_model(call)
        call.send(asked)
        self.moving.choose(call)
        outages.check(call)
        files.attach_known(call)
        if call.has_fetched:
            self._slots.enter(call)
        return None

    def _policy_of(self, client: str) -> Policy:
        may_use = self._runtime.clients.may_use(client)
        return replace(self._runtime.policy, may_use=may_use) if may_use else self._runtime.policy

    def _check_model(self, call: UpstreamCall) -> None:
        """Raises ModelNotAllowed."""
        model = call.exchange.report.model_sent
        may_use = self._runtime.clients.may_use(call.client)
        if model is not None and not among(model, may_use):
            contact = self._runtime.settings.access.contact
            raise ModelNotAllowed(
                f"{call.client} may not use the model {model}, only {', '.join(may_use)}. "
                f"{contact} can change that.",
                param="model",
            )

    def headers(self, call: UpstreamCall) -> Mapping[str, str]:
        """Everything GigaChat gets to see besides the body: an allow-list, made anew.

        Raises InternalError if there is no token: nothing unsigned goes out.
        """
        if call.token is None:
            raise InternalError
        return {
            "host": call.account.upstream.host_header,
            "user-agent": USER_AGENT,
            "accept-encoding": "identity",
            **call.request.headers,
            **session.client_headers(call.client),
            "content-length": str(len(call.request.body)),
            **call.token.headers,
        }

    def account_of(self, admitted: Admitted) -> Account:
        """Raises InvalidApiKey."""
        account = self._runtime.accounts.own or admitted.account
        if account is None:
            raise InvalidApiKey(
                "A replayed conversation has no key, and this proxy has none of its own: each "
                "client brings its key (GIGAGATE_AUTH_MODE=passthrough)."
            )
        return account

    def unpacked(self, request: http.Request) -> bytes:
        """The body.  Raises ClientError; then nobody who looks at the flow unpacks it either."""
        coding = request.headers.get("content-encoding", "")
        limit = self._runtime.settings.limits.body_bytes
        try:
            return content_coding.decode(request.raw_content or b"", coding, limit)
        except ClientError:
            keep_packed(request)
            raise
