"""The emulator: a listening socket, what stands behind it, and how a test commands it."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gigagate.emulator import api, control
from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.connection import Connection
from gigagate.emulator.faults import NO_FAULT, Fault, Faults
from gigagate.emulator.log import Received, RequestLog
from gigagate.emulator.model import Script
from gigagate.emulator.reply import Reply, error
from gigagate.emulator.state import State
from gigagate.emulator.tls import CA_FILE, server_context

OAUTH_PATH = "/api/v2/oauth"
_TLS_GOODBYE = 1.0
"""Seconds to wait for the peer's close_notify."""
_log = logging.getLogger(__name__)


class Emulator:
    """A GigaChat that listens on `host`.  `base_url` and `auth_url` are set by `start()`."""

    base_url: str
    auth_url: str

    def __init__(
        self,
        config: EmulatorConfig = EmulatorConfig(),  # noqa: B008 - immutable
        *,
        tls: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
        state_dir: Path,
    ) -> None:
        self.port = port
        self.ca_file = state_dir / CA_FILE
        self.on_finished: Callable[[Received], None] | None = None
        """Called when a request is over, for printing."""
        self._configured = config
        self._tls = tls
        self._host = host
        self._state_dir = state_dir
        self._state = State(config, RequestLog(config.log_limit), Script(config.script))
        self._numbers = itertools.count(1)
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """OSError when the port is taken."""
        context = (
            server_context(self._state_dir, self._configured.client_certificate)
            if self._tls
            else None
        )
        self._server = await asyncio.start_server(
            self._connected,
            self._host,
            self.port,
            ssl=context,
            ssl_shutdown_timeout=_TLS_GOODBYE if context else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        origin = f"{'https' if self._tls else 'http'}://localhost:{self.port}"
        self.base_url = origin + api.BASES[0]
        self.auth_url = origin + OAUTH_PATH

    async def stop(self) -> None:
        """Closes the socket and every connection; nothing of the emulator runs afterwards."""
        if self._server is None:
            return
        self._server.close()
        for task, writer in self._connections.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    @property
    def log(self) -> list[Received]:
        return self._state.log

    @property
    def faults(self) -> Faults:
        return self._state.faults

    @property
    def script(self) -> Script:
        return self._state.script

    @property
    def config(self) -> EmulatorConfig:
        return self._state.config

    @property
    def authorization_key(self) -> str:
        """The first account's key: what a client is given as GIGACHAT_AUTH_KEY."""
        return self.config.credentials[0].key

    @property
    def oauth_calls(self) -> int:
        return self._state.office.calls

    def revoke_tokens(self) -> None:
        self._state.office.revoke()

    def switch(self, **values: Any) -> None:
        """Changes switches from the next request on.  ConfigError on a wrong one."""
        self._state.config = self._state.config.changed(values)

    def reset(self) -> None:
        """A start anew: no log, script, faults, files, tokens; the switches as configured."""
        self._state.clear()
        self._state.config = self._configured

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        connection = Connection(
            next(self._numbers),
            reader,
            writer,
            accepted=self._accepted,
            prepare=self._prepare,
            finished=self._finished,
            wire_bytes=lambda: self.config.wire_bytes,
        )
        try:
            await connection.serve()
        finally:
            del self._connections[task]

    def _accepted(self, received: Received) -> None:
        if not received.path.startswith(control.PREFIX):
            self._state.log.add(received)

    def _finished(self, received: Received) -> None:
        api.release_slot(self._state, received)
        if self.on_finished and not received.path.startswith(control.PREFIX):
            self.on_finished(received)

    async def _prepare(self, received: Received) -> tuple[Reply | None, Fault]:
        if received.path.startswith(control.PREFIX):
            return control.control(self, received), NO_FAULT
        fault = self._state.faults.take(received.method, received.path)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.silent:
            return None, fault
        try:
            return fault.instead() or await self._route(received), fault
        except Exception:
            _log.exception("The emulator failed")
            return error(500, "Internal Server Error"), fault

    async def _route(self, received: Received) -> Reply:
        if received.path != OAUTH_PATH:
            return await api.answer(self._state, received)
        if received.method != "POST":
            return error(405, "Method Not Allowed")
        return self._state.office.answer(received, self.config)
