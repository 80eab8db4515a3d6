"""A large body goes through mitmproxy's layers in few pieces.

mitmproxy reads and writes 64 KB at a time, and each piece passes all of its layers: a fifth of the
calls that an agent's request takes beyond a small one's.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from mitmproxy.proxy import commands, server
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.tls import TLSLayer

_MOST = 1024 * 1024
"""Bytes; asyncio stops reading from the network long before so many have come."""


def install() -> None:
    server.ConnectionIO = _Roomy  # type: ignore[misc]
    TLSLayer.tls_interact = _at_once  # type: ignore[method-assign,assignment]


class _Reader:
    """What mitmproxy reads a connection from."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    def read(self, size: int) -> Coroutine[Any, Any, bytes]:
        """All that has come, whatever is asked for."""
        return self._reader.read(max(size, _MOST))


@dataclass
class _Roomy(server.ConnectionIO):
    def __post_init__(self) -> None:
        if isinstance(self.reader, asyncio.StreamReader):
            self.reader = _Reader(self.reader)  # type: ignore[assignment]


_in_pieces = TLSLayer.tls_interact
"""mitmproxy's own."""


def _at_once(layer: TLSLayer) -> CommandGenerator[None]:
    pieces = [command for command in _in_pieces(layer) if isinstance(command, commands.SendData)]
    if pieces:
        yield commands.SendData(layer.conn, b"".join([piece.data for piece in pieces]))
