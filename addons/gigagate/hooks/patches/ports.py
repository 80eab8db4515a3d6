"""How mitmproxy listens, changed before it starts: it listens before it loads any addon."""

import asyncio
import errno
from collections.abc import Callable
from typing import Any

from mitmproxy import ctx
from mitmproxy.proxy.mode_servers import AsyncioServerInstance


def advise_another_port() -> None:
    """mitmproxy's own words advise a --mode that nobody here needs to know.

    It listens before it loads any addon: so this comes before mitmproxy starts.
    """
    start = AsyncioServerInstance._start
    if start.__module__ == __name__:
        return

    async def starting(self: AsyncioServerInstance[Any]) -> None:
        try:
            await start(self)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            host = self.mode.listen_host(ctx.options.listen_host)
            port = self.mode.listen_port(ctx.options.listen_port)
            raise OSError(
                f"{host or '*'}:{port}: address already in use, perhaps by another GigaGate "
                "(./run.sh status tells). Another port: ./run.sh -p 4100, and 4100 in the client."
            ) from error

    AsyncioServerInstance._start = starting  # type: ignore[method-assign]


def share_the_port(shared: int | None) -> None:
    """mitmproxy opens its sockets without SO_REUSEPORT, before it loads any addon: so this comes
    before mitmproxy starts.

    `shared`: the port the others have, whatever mitmproxy is told.  None: this is the first one,
    which tries the port without SO_REUSEPORT, or it would share it with a stranger of its kind.
    """
    start_server = asyncio.start_server

    async def sharing(
        connected: Callable[..., Any], host: str, port: int, **options: Any
    ) -> asyncio.Server:
        if shared is None:
            alone = await start_server(connected, host, port, start_serving=False, **options)
            alone.close()
        return await start_server(connected, host, shared or port, reuse_port=True, **options)

    asyncio.start_server = sharing  # type: ignore[assignment]
