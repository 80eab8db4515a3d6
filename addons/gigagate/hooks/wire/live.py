"""An answer of the proxy's own that goes on: it is sent piece by piece, as the pieces come.

A piece is asked for when the client has read those before, and once a second the client is looked
at: whoever has left is no longer told.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from mitmproxy import http
from mitmproxy.connection import Client
from mitmproxy.proxy import commands

from gigagate.hooks.answers import response
from gigagate.hooks.quick_headers import QuickHeaders
from gigagate.hooks.wire import connections

logger = logging.getLogger(__name__)

SLICE = 1.0
"""Seconds between two looks at the client."""

type PieceSource = AsyncGenerator[bytes]


class Pieces:
    """What is left of one answer."""

    client: Client

    def __init__(self, source: PieceSource) -> None:
        self.source = source
        self.coming: asyncio.Future[bytes] | None = None
        self.latest = b""
        """The piece that is to be sent now."""
        self.ended = False


@dataclass
class LiveHook(commands.StartHook):
    """A stream yields it when the client may get another piece; mitmproxy then calls LiveAnswers.

    It ends with a piece, with the end of all, or after a second.
    """

    name = "gigagate_live"
    pieces: Pieces


class LiveAnswers:
    """The addon that waits for the pieces."""

    name = "gigagate.live_answers"

    async def gigagate_live(self, pieces: Pieces) -> None:
        pieces.latest = b""
        if connections.client_does_not_read(pieces.client):
            await asyncio.sleep(SLICE)
            return
        if pieces.coming is None:
            pieces.coming = asyncio.ensure_future(anext(pieces.source))
        await asyncio.wait({pieces.coming}, timeout=SLICE)
        if not pieces.coming.done():
            return
        coming, pieces.coming = pieces.coming, None
        try:
            pieces.latest = coming.result()
        except StopAsyncIteration:
            pieces.ended = True
        except Exception:
            logger.exception("A live answer is ended by an error of the proxy")
            pieces.ended = True


def answer(headers: Mapping[str, str], source: PieceSource, request: http.Request) -> http.Response:
    made = unbounded(response(200, headers, b""), request)
    _going_on[made] = Pieces(source)
    return made


def unbounded(head: http.Response, request: http.Request) -> http.Response:
    """The head of an answer whose length nobody knows yet."""
    head.headers.pop("content-length", None)
    if request.is_http10:
        head.headers["connection"] = "close"
    else:
        head.headers["transfer-encoding"] = "chunked"
    head.headers = QuickHeaders.of(head.headers.fields)  # looked at for each piece
    head.data.content = None
    head.stream = True
    return head


def pieces_of(made: http.Response) -> Pieces | None:
    """None for an answer that is whole."""
    return _going_on.get(made)


def leave(pieces: Pieces) -> None:
    """Nobody wants to hear more."""
    pieces.ended = True
    if pieces.coming is not None:
        pieces.coming.cancel()
        pieces.coming.add_done_callback(_seen)


def _seen(coming: "asyncio.Future[bytes]") -> None:
    with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
        coming.result()


_going_on: WeakKeyDictionary[http.Response, Pieces] = WeakKeyDictionary()
