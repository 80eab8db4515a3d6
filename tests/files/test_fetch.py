"""What an address given by a client may lead to."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest
from tests.support.samples import PNG
from tests.support.serving import serving

from gigagate.errors import ClientError, InvalidRequest, RequestTooLarge
from gigagate.files import fetch
from gigagate.files.fetch import FileFetcher, is_public

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "fec0::1",
    "",
    "localhost",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_other_address_is(address: str) -> None:
    assert not is_public(address)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.redirects: dict[str, str] = {}

    def url(self, path: str = "/a.png", host: str = "pictures.example") -> str:
        return f"http://{host}:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        if (target := self.server.redirects.get(self.path)) is not None:
            self.send_response(302)
            self.send_header("Location", target)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = b"x" * 1000 if self.path in ("/large", "/torn") else PNG
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[:500] if self.path == "/torn" else content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as server:
        yield server


class Names:
    """Names that lead where a test says: "*.example" to the local server."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): found for name, found in names.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.names:
            raise OSError("unknown")
        return self.names[host]


def fetcher(names: Names, *, local: bool = True) -> FileFetcher:
    """local: the address of the local server counts as public."""

    def check(address: str) -> bool:
        return (local and address == "127.0.0.1") or is_public(address)

    return FileFetcher(resolve=names, is_public=check)


def test_a_file_is_fetched_from_the_address_that_was_checked(server: Server) -> None:
    names = Names(pictures_example=["127.0.0.1"])
    assert fetcher(names).fetch(server.url("/a.png?size=1#top"), 1000) == (PNG, "image/png")
    ((path, headers),) = server.asked
    assert path == "/a.png?size=1"
    assert headers["Host"] == f"pictures.example:{server.server_port}"
    assert {name.lower() for name in headers} <= {"host", "user-agent", "accept", "accept-encoding"}
    assert names.asked == ["pictures.example"], "resolved once: what was checked is connected to"


def test_without_the_tests_permission_the_local_server_is_out_of_reach(server: Server) -> None:
    names = Names(pictures_example=["127.0.0.1"])
    with pytest.raises(InvalidRequest, match="no such host is on the public internet"):
        fetcher(names, local=False).fetch(server.url(), 1000)
    assert server.asked == []


@pytest.mark.parametrize("private", ["10.0.0.1", "::1", "169.254.169.254"])
def test_one_private_address_among_a_names_is_enough_to_refuse(
    server: Server, private: str
) -> None:
    names = Names(pictures_example=["127.0.0.1", private])
    with pytest.raises(InvalidRequest, match="public"):
        fetcher(names).fetch(server.url(), 1000)
    assert server.asked == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "localhost",
        "localhost.",
    ],
)
def test_no_spelling_of_this_machine_is_reached(host: str) -> None:
    with pytest.raises(InvalidRequest):
        FileFetcher().fetch(f"http://{host}:1/", 1000)


def test_a_redirect_is_followed_and_checked_again(server: Server) -> None:
    names = Names(pictures_example=["127.0.0.1"], inner_example=["10.0.0.1"])
    server.redirects["/ok"] = "/a.png"
    assert fetcher(names).fetch(server.url("/ok"), 1000)[0] == PNG
    for target in (
        server.url(host="inner.example"),
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//inner.example/",
        "ftp://pictures.example/",
    ):
        names.names |= {str(ip_address("169.254.169.254")): ["169.254.169.254"]}
        server.redirects["/bad"] = target
        server.asked.clear()
        with pytest.raises(InvalidRequest):
            fetcher(names).fetch(server.url("/bad"), 1000)
        assert [path for path, _ in server.asked] == ["/bad"]


def test_redirects_come_to_an_end(server: Server) -> None:
    server.redirects["/loop"] = "/loop"
    with pytest.raises(InvalidRequest, match="redirects"):
        fetcher(Names(pictures_example=["127.0.0.1"])).fetch(server.url("/loop"), 1000)
    assert len(server.asked) == 4


def test_size_is_limited_while_reading(server: Server) -> None:
    names = Names(pictures_example=["127.0.0.1"])
    assert len(fetcher(names).fetch(server.url("/large"), 1000)[0]) == 1000
    with pytest.raises(RequestTooLarge):
        fetcher(names).fetch(server.url("/large"), 999)


def test_time_is_limited(server: Server) -> None:
    ticks = iter([0.0, 0.0, 31.0])
    slow = FileFetcher(
        resolve=Names(pictures_example=["127.0.0.1"]),
        is_public=lambda address: True,
        clock=lambda: next(ticks),
    )
    with pytest.raises(InvalidRequest, match="too long"):
        slow.fetch(server.url(), 1000)


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n"),
    ],
)
def test_a_server_that_never_comes_to_an_end_is_left(
    begin: bytes, more: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "TOTAL_SECONDS", 0.2)
    monkeypatch.setattr(fetch, "READ_SECONDS", None)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(begin)
                while more:
                    connection.sendall(more)
                while connection.recv(1000):
                    pass

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://pictures.example:{listener.getsockname()[1]}/"
        with pytest.raises(InvalidRequest, match="too long"):
            fetcher(Names(pictures_example=["127.0.0.1"])).fetch(url, 1000)


def test_a_redirect_to_nonsense_is_told(server: Server) -> None:
    server.redirects["/bad"] = "http://["
    with pytest.raises(InvalidRequest, match="malformed"):
        fetcher(Names(pictures_example=["127.0.0.1"])).fetch(server.url("/bad"), 1000)


def test_half_a_file_is_none(server: Server) -> None:
    with pytest.raises(InvalidRequest, match="broke off"):
        fetcher(Names(pictures_example=["127.0.0.1"])).fetch(server.url("/torn"), 1000)


def test_an_address_that_is_not_ascii_is_asked_for_as_http_has_it(server: Server) -> None:
    names = Names(картинки_example=["127.0.0.1"])
    url = server.url("/a.png?имя=%20", host="картинки.example")
    assert fetcher(names).fetch(url, 1000)[0] == PNG
    ((path, headers),) = server.asked
    assert path == "/a.png?%D0%B8%D0%BC%D1%8F=%20"
    assert headers["Host"] == f"xn--80aqafcrtq.example:{server.server_port}"


def test_the_query_of_an_address_is_not_logged(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        fetcher(Names(pictures_example=["127.0.0.1"])).fetch(server.url("/a?token=secret"), 1000)
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://user:password@pictures.example/", "user name"),
        ("http://unknown.example/", "no such host"),
        ("http:///a.png", "no http"),
        ("http://pictures.example:99999/", "no http"),
        ("http://pictures.example/a b", "no http"),
        ("http://pictures.example/\r\nX: y", "no http"),
        ("gopher://pictures.example/", "no http"),
    ],
)
def test_what_is_no_plain_address_is_refused(url: str, why: str) -> None:
    with pytest.raises(ClientError, match=why) as refused:
        fetcher(Names(pictures_example=["127.0.0.1"])).fetch(url, 1000)
    assert "password" not in refused.value.message


def test_an_answer_that_is_no_file_and_a_dead_server_are_told(server: Server) -> None:
    names = Names(pictures_example=["127.0.0.1"])
    with pytest.raises(InvalidRequest, match="404"):
        fetcher(names).fetch(server.url("/gone"), 1000)
    with pytest.raises(InvalidRequest, match="no answer"):
        fetcher(names).fetch("http://pictures.example:1/", 1000)


def test_the_query_of_an_address_is_not_told(server: Server) -> None:
    with pytest.raises(InvalidRequest) as refused:
        fetcher(Names()).fetch(server.url("/a?token=secret"), 1000)
    assert "secret" not in refused.value.message
