"""Waiting for an access token without holding up the event loop.

OAuth and the token store block, so they run in a thread; however many requests wait, one thread
asks.  The thread is a daemon: a slow OAuth never holds up the end of the process.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

from gigagate.errors import GigaGateError
from gigagate.tokens import AccessToken, TokenSource

logger = logging.getLogger(__name__)


class TokenWait:
    def __init__(self, source: TokenSource) -> None:
        self.source = source
        self._obtaining: asyncio.Future[AccessToken] | None = None
        self._refreshing: asyncio.Future[AccessToken] | None = None

    def now(self) -> AccessToken | None:
        """The token in memory, if it serves.  Close to its end, a newer one is fetched."""
        token = self.source.current()
        if token is not None and self._refreshing is None and self.source.needs_refresh(token):
            self._refreshing = _in_thread(self.source.refresh)
            self._refreshing.add_done_callback(self._refreshed)
        return token

    async def get(self) -> AccessToken:
        """Raises CredentialError."""
        if token := self.now():
            return token
        if self._obtaining is None:
            self._obtaining = _in_thread(self.source.obtain)
            self._obtaining.add_done_callback(self._obtained)
        return await asyncio.shield(self._obtaining)

    async def replace(self, refused: AccessToken) -> AccessToken:
        """GigaChat answered 401 to `refused`.  Raises CredentialError."""
        await _in_thread(lambda: self.source.reject(refused.value))
        return await self.get()

    def _obtained(self, future: asyncio.Future[AccessToken]) -> None:
        self._obtaining = None
        if not future.cancelled():
            future.exception()  # each waiter has its own copy

    def _refreshed(self, future: asyncio.Future[AccessToken]) -> None:
        self._refreshing = None
        if not future.cancelled() and (error := future.exception()):
            text = error.message if isinstance(error, GigaGateError) else type(error).__name__
            logger.warning("The access token could not be renewed ahead of its end: %s", text)


def _in_thread[T](work: Callable[[], T]) -> asyncio.Future[T]:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def deliver(set_outcome: Callable[..., None], outcome: object) -> None:
        if not future.done():
            set_outcome(outcome)

    def run() -> None:
        try:
            outcome: object = work()
            set_outcome: Callable[..., None] = future.set_result
        except BaseException as error:
            outcome, set_outcome = error, future.set_exception
        with contextlib.suppress(RuntimeError):  # the loop has ended, and everyone who waited
            loop.call_soon_threadsafe(deliver, set_outcome, outcome)

    threading.Thread(target=run, daemon=True, name="access token").start()
    return future
