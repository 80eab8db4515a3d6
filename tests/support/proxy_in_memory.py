"""The proxy's own connection handling with no socket, no thread and a clock that jumps.

mitmproxy's handler, our layers and the addons a request passes on its way to GigaChat are real; the
connections are memory, GigaChat is a list of what it does with each request, OAuth says when.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.proxy import layers, server
from mitmproxy.proxy.layers.modes import ReverseProxy
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import taddons
from tests.support import hooks
from tests.support.memory_connection import End, connected
from tests.support.plays import Play

from gigagate.accounts.account import Account
from gigagate.errors import CredentialError
from gigagate.hooks.calls.prepare import Calls
from gigagate.hooks.calls.shelves import CallShelves
from gigagate.hooks.calls.slots import CallSlots
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.calls.waiting import Waiting
from gigagate.hooks.door.door import Door
from gigagate.hooks.wire.beside import Beside
from gigagate.hooks.wire.deadlines import DeadlineWatch
from gigagate.hooks.wire.hooks_at_once import UnfinishedHooks
from gigagate.hooks.wire.http1_client import GigaChatHttp1
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.layers import Layers
from gigagate.hooks.wire.shared import Shared
from gigagate.settings.schema import Limits
from gigagate.tokens import AccessToken

THREADS = ("accounts.token_wait", "slots.queue", "hooks.wire.beside")
"""Modules that work beside the event loop."""


class OAuth:
    """Tokens, after so many seconds, or a failure."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.failure: CredentialError | None = None
        self._token: AccessToken | None = None
        self._given = 0

    def current(self) -> AccessToken | None:
        return self._token

    def needs_refresh(self) -> bool:
        return False

    def obtain(self) -> AccessToken:
        if self.failure is not None:
            raise self.failure
        self._given += 1
        self._token = AccessToken(f"token-{self._given}", time.time() + 1800)
        return self._token

    def reject(self, value: str) -> None:
        self._token = None


@dataclass
class Heard:
    """What a client heard, and the seconds from its request to the end."""

    content: bytes = b""
    seconds: float = 0.0

    @property
    def status(self) -> int:
        return int(self.content.split(b" ", 2)[1]) if self.content else 0


@dataclass
class ProxyInMemory:
    account: Account
    oauth: OAuth
    plays: list[Play]
    """For one request after the other; the last one for all that follow."""
    asked: list[float] = field(default_factory=list)
    """When GigaChat was asked."""
    beside: list[str] = field(default_factory=list)
    """Names of the work that was done beside the event loop."""
    refuses_connections: bool = False
    connects_after: float = 0.0

    @property
    def slots_in_use(self) -> int:
        return self.account.slots.in_use + self.account.slots.waiting

    async def ask(
        self, path: str = "/chat/completions", *, leaves: float | None = None, **fields: Any
    ) -> Heard:
        """leaves: the client does, after so many seconds."""
        began = time.monotonic()
        here, there = connected()
        connection = asyncio.ensure_future(_serve(there))
        here.writer.write(_request(path, **fields))
        heard = Heard()
        try:
            async with asyncio.timeout(leaves or 5000):
                while piece := await here.reader.read(65536):
                    heard.content += piece
        except TimeoutError:
            there.reader.feed_eof()
        heard.seconds = time.monotonic() - began
        here.writer.close()
        await connection
        return heard

    async def open_connection(self, *address: object, **_: object) -> tuple[Any, Any]:
        """In place of asyncio's."""
        await asyncio.sleep(self.connects_after)
        if self.refuses_connections:
            raise ConnectionRefusedError("refused")
        here, there = connected()
        self._playing = asyncio.ensure_future(self._gigachat(there))
        return here.reader, here.writer

    async def _gigachat(self, end: End) -> None:
        while head := await _until_end_of_head(end.reader):
            await end.reader.readexactly(_length(head))
            self.asked.append(time.monotonic())
            play = self.plays[min(len(self.asked), len(self.plays)) - 1]
            await play(end)


@asynccontextmanager
async def proxy_in_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *plays: Play, slots: int = 1, queue: int = 100
) -> AsyncIterator[ProxyInMemory]:
    """In a test of virtual time."""
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(time, "monotonic", loop.time)
    oauth = OAuth()
    beside: list[str] = []
    for module in THREADS:
        monkeypatch.setattr(f"gigagate.{module}.in_thread", _in_loop(oauth, beside))
    monkeypatch.setattr(GigaHttpLayer, "hooks_at_once", True)
    monkeypatch.setattr(layers.http, "Http1Client", GigaChatHttp1)
    runtime = hooks.runtime(folder, limits=Limits(slots=slots, queue=queue))
    account = runtime.accounts.require_own()
    account.tokens.source = oauth  # type: ignore[assignment]
    traffic, door = Traffic(), Door(runtime)
    call_slots, shelves = CallSlots(runtime, traffic), CallShelves(runtime, door)
    calls = Calls(runtime, door, traffic, call_slots, shelves)
    deadlines = DeadlineWatch(runtime, traffic)
    ours = (
        Layers(Shared(runtime, calls, traffic, shelves)),
        call_slots,
        door,
        shelves,
        Waiting(runtime, traffic, call_slots),
        deadlines,
        UnfinishedHooks(),
        Beside(),
    )
    with taddons.context(Proxyserver(), *ours) as context:
        context.options.update(
            mode=[f"reverse:{runtime.settings.upstream.base_url}"],
            connection_strategy="lazy",
            keep_host_header=True,
        )
        proxy = ProxyInMemory(account, oauth, list(plays), beside=beside)
        monkeypatch.setattr(server.asyncio, "open_connection", proxy.open_connection)
        deadlines.running()
        yield proxy
        deadlines.done()


async def _serve(client: End) -> None:
    """As mitmproxy's server does with a connection that it has accepted."""
    from mitmproxy import ctx

    mode = ProxyMode.parse(ctx.options.mode[0])
    handler = ProxyConnectionHandler(ctx.master, client.reader, client.writer, ctx.options, mode)
    handler.layer = ReverseProxy(handler.layer.context)
    connections = ctx.master.addons.get("proxyserver").connections
    connections[handler.client.id] = handler
    try:
        await handler.handle_client()
    finally:
        del connections[handler.client.id]


def _in_loop(
    oauth: OAuth, beside: list[str]
) -> Callable[[Callable[[], Any], str], asyncio.Future[Any]]:
    async def work_in_loop(work: Callable[[], Any], name: str) -> Any:
        beside.append(name)
        await asyncio.sleep(oauth.seconds if name == "access token" else 0.001)
        return work()

    return lambda work, name: asyncio.ensure_future(work_in_loop(work, name))


def _request(path: str, **fields: Any) -> bytes:
    said = {} if "input" in fields else {"messages": [{"role": "user", "content": "Hi"}]}
    body = json.dumps({"model": "gigachat", **said, **fields}).encode()
    return (
        f"POST /v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


async def _until_end_of_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].split()[0])
