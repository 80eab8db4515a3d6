"""A GigaChat that says what a test has written, byte for byte, and remembers what it was sent."""

import contextlib
import json
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

OAUTH = b"POST /api/v2/oauth "
REFUSED = b"HTTP/1.1 500 No Answer Is Left\r\nContent-Length: 0\r\n\r\n"


@dataclass(frozen=True)
class Said:
    """One answer: its bytes as they are sent, and whether the connection ends with it."""

    pieces: Sequence[bytes]
    closes: bool = False


@dataclass(frozen=True)
class Heard:
    connection: int
    """Of those that have carried a request since `begin`, the first is 0."""
    content: bytes


class ScriptedUpstream:
    """`with ScriptedUpstream() as upstream:` listens, without TLS, and answers OAuth by itself."""

    authorization_key = "a2V5OnNlY3JldA=="
    ca_file = Path(__file__)
    """Not looked at: there is no TLS."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        origin = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.base_url, self.auth_url = f"{origin}/api/v1", f"{origin}/api/v2/oauth"
        self.tokens = 0
        self.begin(())

    def begin(self, answers: Sequence[Said]) -> None:
        """What is said from now on, one after the other."""
        self.answers = deque(answers)
        self.heard: list[Heard] = []
        self.numbers: dict[socket.socket, int] = {}

    def __enter__(self) -> "ScriptedUpstream":
        self.accepting = threading.Thread(target=self.accept)
        self.accepting.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.accepting.join()
        self.listener.close()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, contextlib.suppress(OSError):
            received = b""
            while True:
                while (size := size_of_first(received)) is None:
                    if not (data := connection.recv(65536)):
                        return
                    received += data
                request, received = received[:size], received[size:]
                answer = self.answer_to(request, connection)
                for piece in answer.pieces:
                    connection.sendall(piece)
                if answer.closes:
                    return

    def answer_to(self, request: bytes, connection: socket.socket) -> Said:
        if request.startswith(OAUTH):
            self.tokens += 1
            expires = int((time.time() + 1800) * 1000)
            token = {"access_token": f"token-{self.tokens}", "expires_at": expires}
            return Said([whole(200, json.dumps(token).encode())])
        number = self.numbers.setdefault(connection, len(self.numbers))
        self.heard.append(Heard(number, request))
        return self.answers.popleft() if self.answers else Said([REFUSED], closes=True)


def size_of_first(received: bytes) -> int | None:
    """Of the first request; None if it is not there yet."""
    head, end, _ = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    size = len(head) + len(end) + (int(length[1]) if length else 0)
    return size if end and len(received) >= size else None


def whole(
    status: int, body: bytes, headers: bytes = b"Content-Type: application/json\r\n"
) -> bytes:
    head = b"HTTP/1.1 %d Status\r\n%sContent-Length: %d\r\n\r\n" % (status, headers, len(body))
    return head + body


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED_HEAD = STREAM_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
