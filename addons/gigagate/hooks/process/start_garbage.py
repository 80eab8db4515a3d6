"""What a start makes, stays: the garbage collector does not look through it, then or later.

While modules are imported it would do so again and again, for a tenth of the start.  What is there
when the proxy is ready is set aside for good, so that a full collection in the midst of requests
looks only at what came since.
"""

import gc


def begin() -> None:
    """Before anything large is imported.  Whoever begins, ends."""
    gc.disable()


def end() -> None:
    gc.freeze()
    gc.enable()
