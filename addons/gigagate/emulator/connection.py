"""One client connection: HTTP/1.1 by h11, requests in turn, the client's leaving noticed at once.

While a request is being answered the socket is read on: bytes are a pipelined request, the end of
the stream means that the client is gone, and the answer is given up.
"""

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

import h11

from gigagate.emulator import tls
from gigagate.emulator.faults import Cut, Fault, spoil_stream
from gigagate.emulator.log import Received
from gigagate.emulator.reply import Reply

MAX_BODY = 100 * 2**20
"""Bytes.  GigaChat takes 80 MB of images and audio in one request."""
_READ = 2**16
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)

Prepare = Callable[[Received], Awaitable[tuple[Reply | None, Fault]]]
"""Answers a request; None means silence, of the kind that the fault names."""


class Connection:
    def __init__(
        self,
        number: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        accepted: Callable[[Received], None],
        prepare: Prepare,
        finished: Callable[[Received], None],
        wire_bytes: Callable[[], int],
    ) -> None:
        self._number = number
        self._reader = reader
        self._writer = writer
        self._accepted = accepted
        self._prepare = prepare
        self._finished = finished
        self._wire_bytes = wire_bytes
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=2**18)
        self._reading: asyncio.Task[bytes] | None = None

    async def serve(self) -> None:
        """Until either side closes.  Never raises for what a client does."""
        try:
            while await self._one_request():
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._protocol_error(error)
        except OSError:
            pass
        finally:
            await self._close()

    async def _one_request(self) -> bool:
        """Whether the connection may carry another one."""
        received = await self._receive()
        if received is None:
            return False
        answering = asyncio.create_task(self._answer(received))
        try:
            while not answering.done():
                read = self._read()
                await asyncio.wait({answering, read}, return_when=asyncio.FIRST_COMPLETED)
                if read.done() and not answering.done():
                    self._reading = None
                    data = read.result()
                    self._http.receive_data(data)
                    if not data:
                        received.client_closed = True
                        return False
            answering.result()
        except Cut:
            return False
        except OSError:
            received.client_closed = True
            return False
        finally:
            answering.cancel()
            await asyncio.wait({answering})
            self._finished(received)
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _receive(self) -> Received | None:
        request = await self._next_event()
        if not isinstance(request, h11.Request):
            return None
        received = Received(
            connection=self._number,
            method=request.method.decode("ascii"),
            target=request.target.decode("latin-1"),
            headers=[
                (n.decode("latin-1"), v.decode("latin-1")) for n, v in request.headers.raw_items()
            ],
            certificate=tls.common_name(self._writer.get_extra_info("peercert")),
        )
        self._accepted(received)
        if self._http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        body = bytearray()
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
            if len(body) > MAX_BODY:
                raise h11.RemoteProtocolError("body too large", error_status_hint=413)
        if not isinstance(event, h11.EndOfMessage):
            received.client_closed = True
            return None
        received.take_body(bytes(body))
        return received

    async def _next_event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = await self._read()
            self._reading = None
            self._http.receive_data(data)
        return event

    def _read(self) -> asyncio.Task[bytes]:
        """The one read under way; it outlives the request during which it was begun."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._reader.read(_READ))
        return self._reading

    async def _answer(self, received: Received) -> None:
        reply, fault = await self._prepare(received)
        if reply is None:
            await self._be_silent(fault)
            return
        received.status = reply.status
        if fault.close == "mid_headers":
            self._writer.write(b"HTTP/1.1 200 OK\r\nServer: SynGX\r\nContent-Ty")
            raise Cut("close")
        try:
            if reply.events is None:
                await self._send_whole(reply, fault, received.method)
            else:
                await self._send_stream(reply, reply.events, fault, received)
        except Cut as cut:
            await self._cut(cut)

    async def _send_whole(self, reply: Reply, fault: Fault, method: str) -> None:
        body = reply.body[: len(reply.body) // 2] if fault.truncate_json else reply.body
        headers = [*reply.headers, ("Content-Length", str(len(body)))]
        await self._send(h11.Response(status_code=reply.status, headers=headers))
        if fault.close in ("mid_body", "mid_stream") or fault.reset:
            await self._send(h11.Data(data=body[: len(body) // 2]))
            raise Cut("reset" if fault.reset else "close")
        if method != "HEAD":
            await self._send(h11.Data(data=body))
        await self._send(h11.EndOfMessage())

    async def _send_stream(
        self, reply: Reply, events: AsyncGenerator[bytes], fault: Fault, received: Received
    ) -> None:
        await self._send(h11.Response(status_code=reply.status, headers=list(reply.headers)))
        async with aclosing(events), aclosing(spoil_stream(events, fault)) as spoilt:
            async for event in spoilt:
                for piece in _pieces(event, self._wire_bytes()):
                    await self._send(h11.Data(data=piece))
                received.events += 1
                await asyncio.sleep(0)
        await self._send(h11.EndOfMessage())

    async def _send(self, event: h11.Event) -> None:
        if data := self._http.send(event):
            self._writer.write(data)
            await self._writer.drain()

    async def _be_silent(self, fault: Fault) -> None:
        if fault.garbage:
            self._writer.write(b"\x16\x03\x01 this is not HTTP \xff\xfe\r\n\r\n")
        await self._cut(Cut("hang" if fault.hang else "reset" if fault.reset else "close"))

    async def _cut(self, cut: Cut) -> None:
        if cut.how == "hang":
            await asyncio.Event().wait()
        if cut.how == "reset":
            self._socket().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._writer.transport.abort()
        raise cut

    def _socket(self) -> socket.socket:
        found: socket.socket = self._writer.get_extra_info("socket")
        return found

    async def _protocol_error(self, error: h11.RemoteProtocolError) -> None:
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        with suppress(OSError, h11.LocalProtocolError):
            headers = [("Content-Length", "0"), ("Connection", "close")]
            status = error.error_status_hint
            await self._send(h11.Response(status_code=status, headers=headers))
            await self._send(h11.EndOfMessage())

    async def _close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)] if size else [data]
