"""Waiting for what another process or thread is about to do."""

import time
from collections.abc import Callable


def until(
    condition: Callable[[], object], shown: Callable[[], object] = str, *, seconds: float
) -> None:
    """`shown`: what to tell when it was in vain."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, shown()
        time.sleep(0.01)
