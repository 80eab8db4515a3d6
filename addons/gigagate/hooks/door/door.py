"""Each request is looked at before its body is read: who sends it, and whether they may.

Nobody gets further without an `Admitted`: mitmproxy leaves our hooks out when a script loaded
before us fails or halts there.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

from mitmproxy import http

from gigagate.accounts.account import Account
from gigagate.errors import ClientError, GigaGateError, InternalError, NotReady
from gigagate.hooks import local_paths
from gigagate.hooks.answers import error_response
from gigagate.hooks.door import access, client_key, client_secrets, cors
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.runtime import Runtime
from gigagate.rate_limit import RateLimit, sender

logger = logging.getLogger(__name__)

PLAYGROUND = "playground"
"""The name of the client that the panel's playground is."""
NEW_KEYS_PER_MINUTE = 60
"""The most of one address, where each client brings its own: each costs a call of OAuth."""
_TOO_MANY_NEW_KEYS = (
    "More than {} keys that are new to this proxy have come from your address in a minute, and "
    "each would have to be tried at GigaChat."
)
CLIENT = "gigagate.client"
"""In a flow's metadata: the name of the client's key, for whoever replays a saved flow."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who sends a request, as its key says.  Kept beside the flow, which is shown and saved."""

    client: str = ""
    """The name of the client's key; "" if clients are not told apart."""
    account: Account | None = None
    """The client's own; None where the proxy's is for all."""

    @property
    def name(self) -> str:
        """The one that keeps prompt caches, files and answers of clients apart."""
        return self.account.name if self.account is not None else self.client


class Door:
    name = "gigagate.door"

    def __init__(self, runtime: Runtime) -> None:
        self._admitted: WeakKeyDictionary[http.HTTPFlow, Admitted] = WeakKeyDictionary()
        self._runtime = runtime
        self._rate_limit = RateLimit()
        self._new_keys = RateLimit(message=_TOO_MANY_NEW_KEYS)
        self.asks_in_playground: Callable[[http.Request], bool] = lambda request: False
        """Whether it is the admin who asks, in the panel's playground."""

    @fail_closed
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        try:
            if flow.live and flow.is_replay != "request" and flow.response is None:
                flow.response = self.admit(flow)
        except GigaGateError as error:
            flow.response = error_response(error, flow.request)
        finally:
            client_secrets.remove(flow.request)

    def admit(self, flow: http.HTTPFlow) -> http.Response | None:
        """Raises ClientError for whom we do not know; answers a browser that asks before it sends.

        What the proxy says of itself is guarded where it is said, in about/endpoints.py.
        """
        request, settings = flow.request, self._runtime.settings
        access.check_sender(request, settings)
        if preflight := cors.preflight(request):
            return preflight
        if local_paths.of(request) is not None:
            return None
        address = sender(flow.client_conn.peername[0])
        per_minute = settings.limits.requests_per_minute
        try:
            admitted = self.identify(flow.request, address)
            flow.metadata[CLIENT] = admitted.client
        except ClientError:
            self._rate_limit.take(address, per_minute)
            raise
        self._rate_limit.take(admitted.client or address, per_minute)
        self._admitted[flow] = admitted
        return None

    def key_of(self, flow: http.HTTPFlow) -> str:
        """The name of the key that a request came with; "" if it has none, or was not let in."""
        admitted = self._admitted.get(flow)
        return "" if admitted is None else admitted.name

    def who(self, flow: http.HTTPFlow) -> Admitted:
        """Raises InternalError for a request that nobody has let in."""
        if flow.is_replay == "request":
            return Admitted(flow.metadata.get(CLIENT, ""))
        if (admitted := self._admitted.get(flow)) is None:
            client_secrets.remove(flow.request)
            logger.error("Nobody has asked who sends this request: a script loaded before failed")
            raise InternalError
        return admitted

    def identify(self, request: http.Request, address: str) -> Admitted:
        """address: the sender's.  Raises ClientError."""
        accounts = self._runtime.accounts
        linked = access.linked_client(request, self._runtime.policy.files.link_key)
        if linked is None:
            access.check_page(request)
        if accounts.own is None:
            account = accounts.named(linked) if linked else None
            keys = client_key.presented(request)
            meets = partial(self._new_keys.take, address, NEW_KEYS_PER_MINUTE)
            return Admitted(account=account or accounts.of_client(keys, meets))
        runtime = self._runtime
        if linked is not None:
            if linked != PLAYGROUND:
                access.check_link(linked, runtime.settings, runtime.clients)
            return Admitted(linked)
        if self.asks_in_playground(request):
            return Admitted(PLAYGROUND)
        return Admitted(access.client_name(request, runtime.settings, runtime.clients))

    @fail_closed
    def request(self, flow: http.HTTPFlow) -> None:
        if flow.response is not None or not flow.live:
            keep_packed(flow.request)
        elif not self._runtime.ready:
            keep_packed(flow.request)
            error = NotReady("The proxy is starting. Try again in a second.", retry_after=1)
            flow.response = error_response(error, flow.request)


def keep_packed(request: http.Request) -> None:
    """mitmproxy would unpack it without a bound, in mitmweb or into a HAR."""
    if coding := request.headers.pop("content-encoding", None):
        request.headers["x-not-unpacked"] = coding
