"""What GigaChat does with a request that it has read, on a connection in memory."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from tests.support.memory_connection import End

LONG = 100_000.0
"""Seconds that nobody waits."""

type Play = Callable[[End], Awaitable[None]]


def says(status: int, body: object, *, after: float = 0.0, head: str = "") -> Play:
    content = json.dumps(body).encode()

    async def play(end: End) -> None:
        await asyncio.sleep(after)
        end.writer.write(
            f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\n{head}"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
            + content
        )

    return play


def refuses(status: int, *, head: str = "") -> Play:
    return says(status, {"status": status, "message": "No."}, head=head)


def streams(content: bytes, *, after: float = 0.0, then: float = 0.0, breaks: bool = False) -> Play:
    """then: seconds until the body's end."""

    async def play(end: End) -> None:
        await asyncio.sleep(after)
        end.writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(content), content)
        )
        await asyncio.sleep(then)
        if breaks:
            end.writer.close()
        else:
            end.writer.write(b"0\r\n\r\n")

    return play


async def breaks(end: End) -> None:
    end.writer.close()


async def is_silent(end: End) -> None:
    await asyncio.sleep(LONG)
