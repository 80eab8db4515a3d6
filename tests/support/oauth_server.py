"""A local OAuth endpoint that answers what a test says and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.support.serving import serving


class Asked(NamedTuple):
    path: str
    headers: dict[str, str]
    body: str


class OAuthServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.content: bytes | None = None
        """None: a new token each time."""
        self.hold = threading.Event()
        """Answers wait for it."""
        self.hold.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/v2/oauth"

    def answer(self, status: int, body: Any, **headers: str) -> None:
        self.status, self.headers = status, headers
        self.content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has left is no error."""


class Handler(BaseHTTPRequestHandler):
    server: OAuthServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(Asked(self.path, dict(self.headers), body))
        number = len(self.server.asked)
        self.server.hold.wait(30)
        token = {"access_token": f"token-{number}", "expires_at": int((time.time() + 1800) * 1000)}
        content = self.server.content
        content = json.dumps(token).encode() if content is None else content
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def running() -> Iterator[OAuthServer]:
    with serving(OAuthServer()) as server:
        try:
            yield server
        finally:
            server.hold.set()
