"""The guard of our hooks: one that fails answers 500, and nothing leaves the machine.

mitmproxy would log the exception and forward the client's request as it was, key included.
"""

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from mitmproxy import http

from gigagate.errors import InternalError
from gigagate.hooks.answers import error_response

logger = logging.getLogger(__name__)


def fail_closed[**P, R](hook: Callable[P, R]) -> Callable[P, R]:
    """The guard of a hook that takes a flow: hook(self, flow), plain or async."""

    def refuse(flow: http.HTTPFlow) -> None:
        logger.exception("%s failed; the request is refused", hook.__qualname__)
        flow.response = error_response(InternalError(), flow.request)

    async def guarded_to_its_end(result: Awaitable[None], flow: http.HTTPFlow) -> None:
        try:
            await result
        except Exception:
            refuse(flow)

    @functools.wraps(hook)
    def guarded(*args: Any) -> Awaitable[None] | None:
        try:
            result = hook(*args)  # type: ignore[call-arg]
        except Exception:
            refuse(args[-1])
            return None
        return guarded_to_its_end(result, args[-1]) if isinstance(result, Awaitable) else None

    return guarded  # type: ignore[return-value]
