"""A large body goes through mitmproxy's layers in few pieces.

mitmproxy reads and writes 64 KB at a time, and each piece passes all of its layers: a fifth of the
calls that an agent's request takes beyond a small one's.  But it encrypts all of a body before it
writes the first byte, and whoever decrypts it on another core waits so long.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from mitmproxy.proxy import commands, server
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.tls import TLSLayer
from OpenSSL import SSL

_HELD = 256 * 1024
"""Bytes that have come and are not read yet; at twice as many asyncio stops reading from the
network, and its own 64 KB are fewer than one piece has."""
_MOST = 1024 * 1024
"""Bytes; so many never come at once."""

_ENCRYPTED = 256 * 1024
"""Bytes that are encrypted and written before the next are."""


def install() -> None:
    server.ConnectionIO = _Roomy  # type: ignore[misc]
    TLSLayer.tls_interact = _at_once  # type: ignore[method-assign,assignment]
    TLSLayer.send_data = _send  # type: ignore[method-assign,assignment]


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
            self.reader._limit = _HELD  # type: ignore[attr-defined]
            self.reader = _Reader(self.reader)  # type: ignore[assignment]


def _at_once(layer: TLSLayer) -> CommandGenerator[None]:
    with contextlib.suppress(SSL.WantReadError):  # nothing more to be sent
        while True:
            yield commands.SendData(layer.conn, layer.tls.bio_read(_MOST))


_send_whole = TLSLayer.send_data
"""mitmproxy's own."""


def _send(layer: TLSLayer, data: bytes) -> CommandGenerator[None]:
    if len(data) <= 2 * _ENCRYPTED:
        return _send_whole(layer, data)
    return _send_in_pieces(layer, data)


def _send_in_pieces(layer: TLSLayer, data: bytes) -> CommandGenerator[None]:
    for start in range(0, len(data), _ENCRYPTED):
        yield from _send_whole(layer, data[start : start + _ENCRYPTED])
