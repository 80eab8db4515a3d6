"""Every call but a look-up holds a slot from before its first attempt until its answer has ended.

GigaChat counts a request as running until it has noticed that we left.  So when a call is given up
its slot goes on when the connection has been closed, or a moment later at the latest.
"""

import asyncio
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.connection import Client, Connection
from mitmproxy.proxy import server_hooks

from gigagate.hooks.calls.call import UpstreamCall
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.slots.queue import Slot

GRACE = 0.1
"""Seconds until a connection that we are closing counts as closed for GigaChat too."""
NOTICED = 0.02
"""Seconds in which GigaChat hears of one that is closed here."""


class CallSlots:
    name = "gigagate.slots"

    def __init__(self, runtime: Runtime, traffic: Traffic) -> None:
        self._runtime = runtime
        self._traffic = traffic
        self._of_client: dict[str, Slot] = {}
        """The client's connection -> the slot of its call, until that has ended."""
        self._leaving: WeakKeyDictionary[Connection, Slot] = WeakKeyDictionary()

    def enter(self, call: UpstreamCall) -> None:
        """A slot, or a place in the queue for one.  Raises NoSlot."""
        cover = self._runtime.settings.limits.slots_cover
        if cover == "work" and call.is_look_up:
            return
        if cover == "chat" and call.exchange.report.operation != "chat":
            return
        call.slot = self._of_client[call.connection_id] = call.account.slots.enter(call.client)

    def leave(self, call: UpstreamCall) -> None:
        """The call goes on to another account, which has slots of its own."""
        slot, call.slot = self._of_client.pop(call.connection_id, None), None
        if slot is None:
            return
        if call.abandoned:
            self._release_soon(slot)
        else:
            slot.release()

    def running(self) -> None:
        self._runtime.accounts.start()

    def response(self, flow: http.HTTPFlow) -> None:
        call = self._traffic.calls.get(flow)
        self._ended(flow, at_once=call is None or not call.abandoned)

    def error(self, flow: http.HTTPFlow) -> None:
        self._ended(flow, at_once=False)

    def _ended(self, flow: http.HTTPFlow, *, at_once: bool) -> None:
        slot = self._of_client.pop(flow.client_conn.id, None)
        if slot is None:
            return
        if at_once:
            slot.release()
        else:
            self._release_soon(slot, flow.server_conn)

    def client_disconnected(self, client: Client) -> None:
        slot = self._of_client.pop(client.id, None)
        if slot is not None:
            self._release_soon(slot)

    def server_disconnected(self, data: server_hooks.ServerConnectionHookData) -> None:
        slot = self._leaving.pop(data.server, None)
        if slot is not None:
            asyncio.get_running_loop().call_later(NOTICED, slot.release)

    def _release_soon(self, slot: Slot, connection: Connection | None = None) -> None:
        if not slot.held:
            slot.release()
            return
        if connection is not None:
            self._leaving[connection] = slot
        asyncio.get_running_loop().call_later(GRACE, slot.release)

    def done(self) -> None:
        self._runtime.accounts.close()
