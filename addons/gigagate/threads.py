"""Blocking work beside the event loop, in daemon threads: what hangs never holds up the end.

`threading.Thread.start` waits until the thread runs, and one that begins with a long call of C does
not let go of the interpreter: the loop would stand still for as long.
"""

import _thread
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
        threading.current_thread().name = name
        try:
            outcome: object = work()
            set_outcome: Callable[..., None] = future.set_result
        except BaseException as error:
            outcome, set_outcome = error, future.set_exception
        with contextlib.suppress(RuntimeError):  # the loop has ended, and everyone who waited
            loop.call_soon_threadsafe(deliver, set_outcome, outcome)

    _thread.start_new_thread(run, ())
    return future
