"""How mitmproxy listens, changed before it starts: it listens before it loads any addon."""

import asyncio
import errno
import logging
from collections.abc import Callable
from typing import Any

from mitmproxy import ctx
from mitmproxy.proxy.mode_servers import AsyncioServerInstance

logger = logging.getLogger(__name__)


def listen_our_way() -> None:
    """On both addresses that `localhost` may mean; and mitmproxy's own words about a port that is
    taken advise a --mode that nobody here needs to know.

    It listens before it loads any addon: so this comes before mitmproxy starts.
    """
    start = AsyncioServerInstance._start
    if start.__module__ == __name__:
        return

    async def starting(self: AsyncioServerInstance[Any]) -> None:
        try:
            await start(self)
            await listen_on_ipv6_too(self)
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


async def listen_on_ipv6_too(instance: AsyncioServerInstance[Any]) -> None:
    """Whoever listens on 127.0.0.1 does so on [::1]: some programs, such as Node's, take
    `localhost` for it.  Again: no effect."""
    ports = {host: port for host, port, *_ in instance.listen_addrs}
    port = ports.get("127.0.0.1")
    if port is None or "::1" in ports:
        return
    try:
        server = await asyncio.start_server(instance.handle_stream, "::1", port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            logger.warning(
                "[::1]:%d is taken by another program: clients that are told http://localhost:%d "
                "may reach that one. Give them http://127.0.0.1:%d.",
                port,
                port,
                port,
            )
        return  # this machine has no IPv6
    instance._servers.append(server)


def share_the_port(shared: int | None) -> None:
    """mitmproxy opens its sockets without SO_REUSEPORT, before it loads any addon: so this comes
    before mitmproxy starts.

    `shared`: the port the others have, whatever mitmproxy is told.  None: this is the first one.
    It tries the port without SO_REUSEPORT first: another supervisor's workers would share theirs
    with it, and take its requests.
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
