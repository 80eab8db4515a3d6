"""Blocking work beside the event loop, in daemon threads: what hangs never holds up the end."""

import asyncio
import contextlib
import threading
from collections.abc import Callable


def in_thread[T](work: Callable[[], T], name: str) -> asyncio.Future[T]:
    """The outcome of `work`, which goes on to its end even if nobody waits for it any more."""
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

    threading.Thread(target=run, daemon=True, name=name).start()
    return future
