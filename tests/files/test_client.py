"""What GigaChat's /files may answer to us, against a local server."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.support.samples import PNG
from tests.support.serving import serving

from gigagate.core import multipart
from gigagate.core.attachment import Attachment
from gigagate.errors import (
    CredentialsRejected,
    GigaGateError,
    UpstreamProtocolError,
    UpstreamRateLimited,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUntrusted,
)
from gigagate.files import client as module
from gigagate.files.client import FileClient
from gigagate.settings import Upstream
from gigagate.tokens import AccessToken

PICTURE = Attachment.of(PNG, max_image_bytes=1000)
UPLOADED = (200, b'{"id":"f-1"}')


class Tokens:
    """Stands for the token source."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def obtain(self) -> AccessToken:
        return AccessToken(f"token-{len(self.refused)}", 2e9)

    def reject(self, value: str) -> None:
        self.refused.append(value)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.silent = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, dict(self.headers), body))
        if not self.server.answers:
            self.server.silent.wait(10)
            return
        status, answer = self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as server:
        try:
            yield server
        finally:
            server.silent.set()


def client(server: Server, tokens: Tokens | None = None) -> FileClient:
    upstream = Upstream(base_url=f"http://127.0.0.1:{server.server_port}")
    return FileClient(upstream, tokens or Tokens(), None)  # type: ignore[arg-type]


def test_an_upload_carries_type_purpose_client_and_token(server: Server) -> None:
    server.answers = [UPLOADED]
    assert client(server).upload(PICTURE, "alice") == "f-1"
    ((path, headers, body),) = server.asked
    assert path == "/v1/files"
    assert headers["Authorization"] == "Bearer token-0"
    assert headers["User-Agent"].startswith("GigaGate/")
    assert "alice" not in headers["X-Client-ID"]
    assert [
        (*part[:3], bytes(part.content)) for part in multipart.read(headers["Content-Type"], body)
    ] == [("file", "image.png", "image/png", PNG), ("purpose", None, "", b"general")]


def test_without_client_names_there_is_no_client_id(server: Server) -> None:
    server.answers = [UPLOADED]
    client(server).upload(PICTURE, "")
    assert "X-Client-ID" not in server.asked[0][1]


def test_the_environment_is_not_obeyed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.answers = [UPLOADED]
    assert client(server).upload(PICTURE, "") == "f-1"


def test_a_refused_token_is_replaced_once(server: Server) -> None:
    tokens = Tokens()
    server.answers = [(401, b"{}"), UPLOADED]
    assert client(server, tokens).upload(PICTURE, "") == "f-1"
    assert tokens.refused == ["token-0"]
    server.answers = [(401, b"{}"), (401, b"{}")]
    with pytest.raises(CredentialsRejected):
        client(server, tokens).upload(PICTURE, "")
    assert len(server.asked) == 4


def test_a_content_is_fetched_and_its_id_stays_in_its_place(server: Server) -> None:
    server.answers = [(200, PNG)]
    assert client(server).content("../a b", "") == PNG
    assert server.asked[0][0] == "/v1/files/..%2Fa%20b/content"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, b"{}"), UpstreamProtocolError),
        ((200, b"[]"), UpstreamProtocolError),
        ((200, b'{"id":1}'), UpstreamProtocolError),
        ((200, b"<html>"), UpstreamProtocolError),
        ((302, b""), UpstreamProtocolError),
        (
            (413, json.dumps({"status": 413, "message": "Payload too large"}).encode()),
            UpstreamRejected,
        ),
        ((429, b"{}"), UpstreamRateLimited),
        ((503, b""), UpstreamUnavailable),
    ],
)
def test_every_other_answer_is_an_error(
    server: Server, answer: tuple[int, bytes], error: type[GigaGateError]
) -> None:
    server.answers = [answer]
    with pytest.raises(error):
        client(server).upload(PICTURE, "")


def test_silence_is_a_timeout(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.3)
    with pytest.raises(UpstreamTimeout):
        client(server).upload(PICTURE, "")


def test_too_large_an_answer_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ANSWER", 10)
    server.answers = [(200, b"x" * 11)]
    with pytest.raises(UpstreamProtocolError, match="larger"):
        client(server).content("f", "")


def test_a_dead_server_is_told() -> None:
    with Server() as unused:
        gone = client(unused)
    with pytest.raises(UpstreamUnavailable):
        gone.upload(PICTURE, "")


def test_a_certificate_we_do_not_trust_ends_it(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    with Server() as server:
        server.handle_error = lambda request, address: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        upstream = Upstream(base_url=f"https://localhost:{server.server_port}")
        client = FileClient(upstream, Tokens(), other)  # type: ignore[arg-type]
        with serving(server), pytest.raises(UpstreamUntrusted, match="GIGACHAT_CA_BUNDLE_FILE"):
            client.upload(PICTURE, "")
    assert server.asked == []
