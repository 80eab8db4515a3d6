"""GigaChat's side of a conversation, kept beside the flow for those who look.

A flow is the client's side; what GigaChat got and sent exists on the wire only.  When somebody can
look at flows (mitmweb, console) or saves them, it is kept in the flow's metadata, as text and bytes
and without any key, so that a saved flow holds both sides.  With mitmdump alone nothing is kept.
"""

import logging
import sys
from collections.abc import Set as AbstractSet
from weakref import WeakKeyDictionary

from mitmproxy import ctx, http
from mitmproxy.proxy.layer import Layer
from mitmproxy.proxy.layers.http import (
    HttpEvent,
    HttpStream,
    ResponseData,
    ResponseHeaders,
)

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.inspection.wire_record import WireRecord, for_har
from gigagate.hooks.patches import safety
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.whole import WholeRequest

logger = logging.getLogger(__name__)


def inspection_is_on() -> bool:
    """Whether anybody can look at flows, now or later."""
    looks = ctx.master.addons.get("view") is not None
    return looks or bool(ctx.options.save_stream_file or ctx.options.hardump)


def someone_watches() -> bool:
    """A browser is connected to mitmweb, or this is the console."""
    if ctx.master.addons.get("view") is None:
        return False
    web = sys.modules.get("mitmproxy.tools.web.app")
    return web is None or bool(web.ClientConnection.connections)


def is_recording() -> bool:
    """The same, as of the last change of options, and quicker."""
    return GigaHttpLayer.listener is not None


class Recorder:
    name = "gigagate.recorder"

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self.recordings: WeakKeyDictionary[http.HTTPFlow, WireRecord] = WeakKeyDictionary()

    def load(self, loader: object) -> None:
        safety.add_to_har(for_har)

    def configure(self, updated: AbstractSet[str]) -> None:
        GigaHttpLayer.listener = self if inspection_is_on() else None

    def hear(self, flow: http.HTTPFlow, event: HttpEvent, to: Layer | HttpStream) -> None:
        """Whatever goes wrong here is no reason to fail a request."""
        try:
            inwards = isinstance(to, HttpStream)
            if isinstance(event, WholeRequest) and not inwards:
                self.of_running(flow).sends(event.request, event.body)
            elif isinstance(event, ResponseHeaders) and inwards:
                self.of(flow).receives(event.response)
            elif isinstance(event, ResponseData) and inwards:
                self.of(flow).receives_data(event.data)
            elif isinstance(event, ResponseData):
                self.of(flow).gives(event.data, watched=someone_watches())
        except Exception:
            logger.exception("A flow could not be recorded")

    def of_running(self, flow: http.HTTPFlow) -> WireRecord:
        """A flow that is replayed begins anew: what is known of it so far is of another request."""
        recording = self.recordings.get(flow)
        if recording is not None and recording.ended:
            del self.recordings[flow]
        return self.of(flow)

    def of(self, flow: http.HTTPFlow) -> WireRecord:
        recording = self.recordings.get(flow)
        if recording is None:
            call = self._traffic.calls.get(flow)
            exchange = None if call is None else call.exchange
            recording = self.recordings[flow] = WireRecord(flow, exchange)
        return recording

    def response(self, flow: http.HTTPFlow) -> None:
        self.end(flow, None)

    def error(self, flow: http.HTTPFlow) -> None:
        self.end(flow, flow.error.msg if flow.error else "unknown")

    def end(self, flow: http.HTTPFlow, ending: str | None) -> None:
        if is_recording() and flow.live:
            self.of_running(flow).end(ending)
