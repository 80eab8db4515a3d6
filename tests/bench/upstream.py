"""A fake GigaChat that costs as little as Python can: `python -m tests.bench.upstream CA_FILE`.

It must not shadow what is measured, so it looks at no more of a request than it must: the length
of the body and `max_tokens`.  Its answers have the form of GigaChat v1 (recorded by the tests of
Sber's SDK) and are made once, at the start; only a chunk that comes after a pause is made then, for
it tells when it was sent.  Correctness is the emulator's business.

Writes its authority's certificate to CA_FILE, then its port to standard output.  Ends on SIGTERM.
"""

import argparse
import asyncio
import gc
import json
import re
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import trustme
from tests.bench.delays import stamp
from tests.bench.traffic import MARKER, MODEL, STREAMS, Stream

_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_MAX_TOKENS = re.compile(rb" *: *(\d+)")
_CHUNKS_A_TURN = 20
"""Chunks written before other connections get their turn."""

_WORD = MARKER.decode()
_TOKEN_SECONDS = 1800
_MODELS = {
    "object": "list",
    "data": [{"id": MODEL, "object": "model", "owned_by": "salutedevices", "type": "chat"}],
}
_USAGE = {
    "prompt_tokens": 17,
    "completion_tokens": 42,
    "total_tokens": 59,
    "precached_prompt_tokens": 2,
}
_TAIL = {"created": 1768996176, "model": f"{MODEL}:2.0.28.2", "object": "chat.completion"}


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _whole(value: object) -> bytes:
    body = _dump(value)
    return (
        b"HTTP/1.1 200 OK\r\nServer: SynGX\r\nContent-Type: application/json; charset=utf-8\r\n"
        b"X-Request-Id: 6f1c0e9a-3d0a-4b7e-9c53-0f6f1d2b7a11\r\nContent-Length: %d\r\n\r\n%b"
        % (len(body), body)
    )


def _event(data: bytes) -> bytes:
    event = b"data: %b\n\n" % data
    return b"%x\r\n%b\r\n" % (len(event), event)


def _chunk(number: int, stamp: str = "") -> bytes:
    delta: dict[str, str] = {"content": f" {_WORD} номер {number},{stamp}"}
    if number == 0:
        delta["role"] = "assistant"
    return _event(_dump({"choices": [{"delta": delta, "index": 0}], **_TAIL}))


_CHAT = _whole(
    {
        "choices": [
            {
                "message": {"content": f"Привет, {_WORD}!", "role": "assistant"},
                "index": 0,
                "finish_reason": "stop",
            }
        ],
        **_TAIL,
        "usage": _USAGE,
    }
)


def _token() -> bytes:
    """A new one each time: a measurement takes longer than one lives."""
    expires_at = int((time.time() + _TOKEN_SECONDS) * 1000)
    return _whole({"access_token": "bench.access.token", "expires_at": expires_at})


_LOCAL: Mapping[bytes, Callable[[], bytes]] = {
    b"/oauth": _token,
    b"/models": partial(_whole, _MODELS),
}
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: SynGX\r\nContent-Type: text/event-stream\r\n"
    b"X-Request-Id: 6f1c0e9a-3d0a-4b7e-9c53-0f6f1d2b7a11\r\nTransfer-Encoding: chunked\r\n\r\n"
)
_STREAM_END = (
    _event(
        _dump(
            {
                "choices": [{"delta": {"content": ""}, "index": 0, "finish_reason": "stop"}],
                **_TAIL,
                "usage": _USAGE,
            }
        )
    )
    + _event(b"[DONE]")
    + b"0\r\n\r\n"
)
_CHUNKS = [_chunk(number) for number in range(max(STREAMS))]


class FakeGigaChat(asyncio.Protocol):
    """One keep-alive connection; requests come one after the other."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = bytearray()
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n") + 4
        if head_end < 4:
            return
        length = _CONTENT_LENGTH.search(self._received, 0, head_end)
        request_end = head_end + (int(length[1]) if length else 0)
        if len(self._received) < request_end:
            return
        path = bytes(self._received[: self._received.index(b"\r\n")]).split(b" ")[1]
        stream = self._asked_stream(head_end)
        del self._received[:request_end]
        if stream:
            self._transport.write(_STREAM_HEAD)
            self._stream(stream, 0)
        else:
            local = _LOCAL.get(path[path.rfind(b"/") :])
            self._transport.write(local() if local else _CHAT)

    def _asked_stream(self, body_start: int) -> Stream | None:
        found = self._received.find(b'"max_tokens"', body_start)
        value = _MAX_TOKENS.match(self._received, found + 12) if found >= 0 else None
        return STREAMS.get(int(value[1])) if value else None

    def _stream(self, stream: Stream, start: int) -> None:
        """Write each chunk by itself, as a server that generates them does."""
        if self._transport.is_closing():
            return
        stop = min(start + (1 if stream.pause else _CHUNKS_A_TURN), stream.chunks)
        for chunk in [_chunk(start, stamp())] if stream.pause else _CHUNKS[start:stop]:
            self._transport.write(chunk)
        if stop == stream.chunks:
            self._transport.write(_STREAM_END)
        else:
            self._loop.call_later(stream.pause, self._stream, stream, stop)


async def _serve(tls: ssl.SSLContext) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(FakeGigaChat, "127.0.0.1", 0, ssl=tls, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    gc.freeze()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ca_file", type=Path)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(parser.parse_args().ca_file))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(tls)
    try:
        asyncio.run(_serve(tls))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
