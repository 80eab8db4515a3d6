"""Waiting for an access token without holding up the event loop.

OAuth and the token store block, so they run in a thread; however many requests wait, one thread
asks.
"""

import asyncio
import contextlib
import logging
import time

from gigagate.errors import GigaGateError, TokenUnavailable
from gigagate.outage import Switch
from gigagate.threads import in_thread
from gigagate.tokens import AccessToken, Tokens
from gigagate.tokens.source import GIVE_UP, LOST

logger = logging.getLogger(__name__)

THREAD = "access token"


class TokenWait:
    def __init__(self, source: Tokens, outage: Switch) -> None:
        """outage: OAuth's.  Whoever asks tells it of failures; that a token was had, it learns
        here."""
        self.source = source
        self.outage = outage
        self.asked_at: float | None = None
        """The time.monotonic() since when one has been waited for, because nobody has a token."""
        self._obtaining: asyncio.Future[AccessToken] | None = None
        self._refreshing: asyncio.Future[AccessToken] | None = None

    def now(self) -> AccessToken | None:
        """The token in memory, if it serves.  Close to its end, a newer one is fetched."""
        token = self.source.current()
        if token is not None and self._refreshing is None and self.source.needs_refresh():
            self._refreshing = in_thread(self.source.refresh, THREAD)
            self._refreshing.add_done_callback(self._refreshed)
        return token

    def failure(self) -> str | None:
        """Why there is none; None also as long as no attempt has told."""
        return None if self.source.current() is not None else self.source.status()["last_error"]

    async def get(self) -> AccessToken:
        """Raises CredentialError."""
        if token := self.now():
            return token
        if self._obtaining is None:
            self.asked_at = self.asked_at or time.monotonic()
            self._obtaining = in_thread(self.source.obtain, THREAD)
            self._obtaining.add_done_callback(self._obtained)
        obtaining = self._obtaining
        try:
            async with asyncio.timeout(GIVE_UP):
                return await asyncio.shield(obtaining)
        except TimeoutError:
            if self._obtaining is obtaining:
                self._obtaining = self.asked_at = (
                    None  # whatever holds it, the next one begins anew
                )
            raise TokenUnavailable(LOST) from None

    async def replace(self, refused: AccessToken) -> AccessToken:
        """GigaChat answered 401 to `refused`.  Raises CredentialError."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GIVE_UP):
                await in_thread(lambda: self.source.reject(refused.value), THREAD)
        return await self.get()

    def _obtained(self, future: asyncio.Future[AccessToken]) -> None:
        if self._obtaining is future:
            self._obtaining = self.asked_at = None
        if not future.cancelled() and future.exception() is None:  # each waiter has its own copy
            self.outage.answered()

    def _refreshed(self, future: asyncio.Future[AccessToken]) -> None:
        self._refreshing = None
        if future.cancelled():
            return
        if error := future.exception():
            text = error.message if isinstance(error, GigaGateError) else type(error).__name__
            logger.warning("The access token could not be renewed ahead of its end: %s", text)
        else:
            self.outage.answered()
