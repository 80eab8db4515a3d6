"""Over TLS the certificate must be the name's, although the connection goes to an address."""

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
from tests.support.samples import PNG
from tests.support.serving import serving

from gigagate.errors import InvalidRequest
from gigagate.files.fetch import FileFetcher
from gigagate.outbound import connection


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(PNG)))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(HTTPServer):
    names: list[str | None]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that does not trust us is no error."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(ca_file := tmp_path / "ca.pem")
    monkeypatch.setattr(connection, "certifi", SimpleNamespace(where=lambda: str(ca_file)))
    connection.tls_context.cache_clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("pictures.example").configure_cert(context)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.names = []
        context.sni_callback = lambda connection, name, _: server.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        with serving(server):
            yield server
    connection.tls_context.cache_clear()


def fetched(server: Server, host: str) -> bytes:
    local = FileFetcher(resolve=lambda host, port: ["127.0.0.1"], is_public=lambda address: True)
    return local.fetch(f"https://{host}:{server.server_port}/", 1000)[0]


def test_the_name_is_sent_and_its_certificate_taken(server: Server) -> None:
    assert fetched(server, "pictures.example") == PNG
    assert server.names == ["pictures.example"]


def test_a_certificate_of_another_name_is_refused(server: Server) -> None:
    with pytest.raises(InvalidRequest, match="no answer"):
        fetched(server, "other.example")
