"""Server-sent events: bytes in, complete events out, however the bytes are cut.

A push decoder, because the bytes come to us chunk by chunk.  Looser than the standard where
servers are: an event is also complete when the stream ends after its last line, and a bare JSON
object on a line of its own, which is what a server may write when it fails midway, counts as data.
"""

from collections.abc import Iterator

from gigagate.errors import UpstreamProtocolError

MAX_INCOMPLETE_EVENT = 1 << 20
"""Bytes.  GigaChat's events are phrases of some hundred bytes; a function call may be large."""


def event(data: bytes, name: str = "") -> bytes:
    """name: what kind of event it is, in APIs that tell; one line."""
    named = b"event: " + name.encode() + b"\n" if name else b""
    return named + b"data: " + data + b"\n\n"


def comment(text: bytes) -> bytes:
    """Clients skip it; it shows that the stream is alive."""
    return b": " + text + b"\n\n"


class Decoder:
    def __init__(self, max_incomplete_event: int = MAX_INCOMPLETE_EVENT) -> None:
        self.name = ""
        """The name of the event whose data has come last; "" for one without."""
        self._max_incomplete_event = max_incomplete_event
        self._line: list[bytes] = []
        """Pieces of the line that has not ended yet."""
        self._data: list[bytes] = []
        """Data lines of the event that has not ended yet."""
        self._named = ""
        """The name of that event."""
        self._pending = 0
        """Bytes held in both, and one more for each line."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The data of each event, whose `name` is known until the next one is asked for.

        Raises UpstreamProtocolError, after the complete events, if the last one is too long.
        """
        if not self._pending and not self._named and (events := _plain_events(chunk)):
            self.name = ""
            yield from events
            return
        lines = chunk.split(b"\n")
        if self._line and len(lines) > 1:
            lines[0] = b"".join((*self._line, lines[0]))
            self._line.clear()
        rest = lines.pop()
        for line in lines:
            if line.endswith(b"\r"):
                line = line[:-1]
            if line:
                self._take(line)
            elif self._data:
                yield self._end_event()
            else:
                self._named = ""
        if rest:
            self._line.append(rest)
            self._pending += len(rest)
        if self._pending > self._max_incomplete_event:
            raise UpstreamProtocolError(
                f"GigaChat sent a stream event of more than {self._max_incomplete_event} bytes."
            )

    def end(self) -> Iterator[bytes]:
        """What stood unfinished when the stream ended."""
        self._take(b"".join(self._line).removesuffix(b"\r"))
        self._line.clear()
        if self._data:
            yield self._end_event()

    def _take(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            data = line[6:] if line.startswith(b" ", 5) else line[5:]
        elif line.startswith(b"{"):
            data = line
        else:
            if line.startswith(b"event:"):
                self._named = line[6:].removeprefix(b" ").decode(errors="replace")
            return
        self._data.append(data)
        self._pending += len(data) + 1

    def _end_event(self) -> bytes:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._data.clear()
        self.name, self._named = self._named, ""
        self._pending = 0
        return data


def _plain_events(chunk: bytes) -> list[bytes]:
    """The data of whole events of one line each, if the chunk has nothing else; mostly it has."""
    if b"\r" in chunk or not (chunk.startswith(b"data: ") and chunk.endswith(b"\n\n")):
        return []
    events = chunk[6:-2].split(b"\n\ndata: ")
    return events if chunk.count(b"\n") == 2 * len(events) else []
