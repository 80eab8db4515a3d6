"""A connection in memory: two ends that look like asyncio's, with no socket between them."""

import asyncio
from dataclasses import dataclass
from typing import Any


class Pipe:
    """One direction of a connection: what is written can be read at once."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._closing = False

    def write(self, data: bytes) -> None:
        if not self._closing:
            self._reader.feed_data(data)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._reader.feed_eof()

    write_eof = close

    def is_closing(self) -> bool:
        return self._closing

    async def drain(self) -> None:
        """Memory is never full."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 4000)}.get(name, default)


@dataclass
class End:
    """One end of a connection."""

    reader: asyncio.StreamReader
    writer: Pipe


def connected() -> tuple[End, End]:
    there, back = asyncio.StreamReader(), asyncio.StreamReader()
    return End(back, Pipe(there)), End(there, Pipe(back))
