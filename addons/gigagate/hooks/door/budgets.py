"""A client's budget: looked at before its request is translated, charged when it has ended.

The store that all processes share is asked in a thread, and for clients with a limit only.
"""

import asyncio
import logging
from collections.abc import Awaitable

from mitmproxy import http

from gigagate.clients.client import Client
from gigagate.clients.counters import Spent
from gigagate.errors import GigaGateError
from gigagate.hooks.answers import error_response
from gigagate.hooks.door.door import Door
from gigagate.hooks.fail_closed import fail_closed
from gigagate.hooks.runtime import Runtime
from gigagate.threads import in_thread

logger = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks at the list of clients."""
THREAD = "clients"


class Budgets:
    name = "gigagate.budgets"

    def __init__(self, runtime: Runtime, door: Door) -> None:
        self._runtime = runtime
        self._door = door
        self._looking: asyncio.Task[None] | None = None
        self._writing: asyncio.Future[None] | None = None

    def running(self) -> None:
        self._looking = asyncio.create_task(self._look_now_and_then())

    async def _look_now_and_then(self) -> None:
        ledger = self._runtime.clients
        while True:
            await asyncio.sleep(LOOK)
            try:
                await in_thread(ledger.look, THREAD)
                self._write()
            except Exception:
                logger.exception("The list of clients is not read")

    def done(self) -> None:
        """What was spent last is written before the process ends."""
        if self._looking is not None:
            self._looking.cancel()
        self._runtime.clients.write()

    @fail_closed
    def request(self, flow: http.HTTPFlow) -> Awaitable[None] | None:
        if flow.response is not None or not self._runtime.clients.asks:
            return None
        client = self._runtime.clients.named(self._door.key_of(flow))
        return self._admit(flow, client) if client and client.budget.has_limit else None

    async def _admit(self, flow: http.HTTPFlow, client: Client) -> None:
        ledger = self._runtime.clients
        works = flow.request.method == "POST"
        contact = self._runtime.settings.access.contact
        try:
            await in_thread(lambda: ledger.admit(client, contact, works=works), THREAD)
        except GigaGateError as error:
            flow.response = error_response(error, flow.request)

    def charge(self, client: str, tokens: int, roubles: float) -> None:
        """Charges a request that has ended."""
        if self._runtime.clients.spent(client, Spent(tokens, roubles)):
            self._write()

    def _write(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = in_thread(self._runtime.clients.write, THREAD)
