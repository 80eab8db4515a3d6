"""A call waits for what it needs, in the order that costs others least: pause, files elsewhere,
slot, files at GigaChat, token, pictures.
"""

import asyncio
import logging
import time
from dataclasses import dataclass

from mitmproxy.connection import Client
from mitmproxy.proxy import commands

from gigagate.errors import GigaGateError, InternalError, TokenUnavailable, UpstreamTimeout
from gigagate.hooks.calls import files, outages
from gigagate.hooks.calls.call import UpstreamCall
from gigagate.hooks.calls.slots import CallSlots
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.tokens import AccessToken

logger = logging.getLogger(__name__)

SLICE = 1.0
"""Seconds of one wait; after it the client is checked: it may have left, or need a sign of life."""


@dataclass
class WaitHook(commands.StartHook):
    """A call cannot go on yet, or its answer.  Ends when it can, has failed, or after a second.

    A stream yields it, and mitmproxy then calls `Waiting.gigagate_wait`.
    """

    name = "gigagate_wait"
    call: UpstreamCall


class Waiting:
    name = "gigagate.waiting"

    def __init__(self, runtime: Runtime, traffic: Traffic, slots: CallSlots) -> None:
        self._runtime = runtime
        self._traffic = traffic
        self._slots = slots

    async def gigagate_wait(self, call: UpstreamCall) -> None:
        if call.waiting is not None and call.waiting.done() and call.error is None:
            call.waiting = None  # of an earlier attempt, which went out before it had ended
        if call.waiting is None:
            call.waiting = asyncio.ensure_future(self.make_ready(call))
            self._traffic.waits[call.connection_id] = call
        await asyncio.wait({call.waiting}, timeout=SLICE)
        if call.waiting.done():
            self._traffic.waits.pop(call.connection_id, None)
            call.waiting = None

    def client_disconnected(self, client: Client) -> None:
        """Whatever it waited for, others may have it."""
        call = self._traffic.waits.pop(client.id, None)
        if call is not None and call.waiting is not None:
            call.waiting.cancel()

    async def make_ready(self, call: UpstreamCall) -> None:
        """Never raises: what will not come is `call.error`."""
        deadlines = self._runtime.settings.deadlines
        try:
            if call.exchange.missing_pictures:
                await files.fetch_pictures(call)
            else:
                async with asyncio.timeout(call.patience.left(time.monotonic(), deadlines)):
                    await self.make_ready_to_go(call)
        except TimeoutError:
            call.error = UpstreamTimeout(
                f"The request could not be sent within {call.patience.in_all(deadlines):g} s "
                "(deadlines.total, less for a look-up): it waited for its turn, its files or an "
                "access token."
            )
        except GigaGateError as error:
            call.error = error
        except Exception:
            logger.exception("The call cannot be made ready")
            call.error = InternalError()

    async def make_ready_to_go(self, call: UpstreamCall) -> None:
        """Raises GigaGateError."""
        await asyncio.sleep(call.pause)
        call.pause = 0
        tokens = call.account.tokens
        if not call.has_fetched:  # before the slot: it waits for others than GigaChat
            await files.fetch(call)
            self._slots.enter(call)
        if call.slot is not None and not call.slot.held:
            await call.slot.wait()
            call.token = tokens.now()
        if not call.has_files:
            await files.attach(call)
            call.token = tokens.now()
        if call.token is None:
            call.token = await access_token(call)


async def access_token(call: UpstreamCall) -> AccessToken:
    """Raises CredentialError, an outage of OAuth's only when it lasts (deadlines.retry)."""
    tokens, refused = call.account.tokens, call.refused
    while True:
        outages.goes_out(tokens.outage)
        began = time.monotonic()
        try:
            return await (tokens.replace(refused) if refused else tokens.get())
        except TokenUnavailable as error:
            pause = outages.pause(call, tokens.outage, error, began)
            if pause is None:
                raise outages.told(tokens.outage, error) from None
            await asyncio.sleep(pause)
