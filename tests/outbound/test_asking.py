"""Whatever a server does, an answer or its refusal comes within the seconds given."""

import gzip
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.support.dripping import Dripping
from tests.support.scripted_upstream import Said, ScriptedUpstream

from gigagate import outbound
from gigagate.outbound import connection

HEAD = b"HTTP/1.1 200 OK\r\n"
ENDLESS = {
    "a head": (HEAD + b"X-A: ", b"a"),
    "informational answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body of a length": (HEAD + b"Content-Length: 9000000\r\n\r\n", b"a"),
    "a body until the end": (HEAD + b"\r\n", b"a"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "trailers": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a"),
    "silence": (b"", b""),
}


def ask(url: str, **more: Any) -> outbound.Reply:
    return outbound.ask("GET", url, **{"seconds": 20, "limit": 1_000_000} | more)


@pytest.mark.parametrize(("begins", "drop"), ENDLESS.values(), ids=ENDLESS)
def test_what_drips_ends_by_the_clock(begins: bytes, drop: bytes) -> None:
    with Dripping(begins, drop, pause=0.02) as server:
        with pytest.raises(outbound.TooLate, match=r"127\.0\.0\.1 did not answer in time"):
            ask(server.url, seconds=0.3)


def test_a_handshake_that_drips_ends_too() -> None:
    with Dripping(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", b"\x00", pause=0.02) as server:
        with pytest.raises(outbound.TooLate):
            ask(server.url.replace("http:", "https:"), seconds=0.3)


def test_who_reads_slowly_does_not_hold_an_upload() -> None:
    with socket.create_server(("127.0.0.1", 0)) as never_read:
        with pytest.raises(outbound.TooLate):
            url = f"http://127.0.0.1:{never_read.getsockname()[1]}"
            outbound.ask("POST", url, body=bytes(50_000_000), seconds=0.3, limit=10)


def test_a_look_up_that_hangs_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = threading.Event()
    monkeypatch.setattr(connection, "resolve", lambda host, port: hangs.wait(30))
    with pytest.raises(outbound.TooLate):
        ask("http://slow.example/", seconds=0.1)
    hangs.set()


def test_a_name_that_is_none_is_not_reached() -> None:
    for url in ("http://a..b/", f"http://{'a' * 300}/", "ftp://a/", "http://a:99999/"):
        with pytest.raises(outbound.NotReached):
            ask(url)


def test_the_next_address_is_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        until = time.monotonic() + 20
        with connection.connect(["127.0.0.2", "127.0.0.1"], port, until) as found:
            assert found.getpeername() == ("127.0.0.1", port)


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"Content-Length: 3\r\n\r\nabc", b"abc"),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"\r\nabc", b"abc"),
        (b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"abc", mtime=0), b"abc"),
        (b"Content-Length: 0\r\n\r\n", b""),
    ],
)
def test_an_answer_is_read(said: bytes, body: bytes) -> None:
    with ScriptedUpstream() as server:
        server.begin([Said([HEAD + b"X-One: 1\r\n" + said], closes=True)])
        answer = ask(server.base_url)
    assert (answer.status, answer.headers["x-one"], answer.body) == (200, "1", body)


@pytest.mark.parametrize(
    "said",
    [
        b"Content-Length: 9\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n9\r\nabc",
        b"Content-Encoding: gzip\r\n\r\nabc",
        b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(5_000_000), mtime=0),
    ],
)
def test_one_that_breaks_off_is_none(said: bytes) -> None:
    with ScriptedUpstream() as server:
        server.begin([Said([HEAD + said], closes=True)])
        with pytest.raises(outbound.NotReached, match="127"):
            ask(server.base_url)


def test_no_more_is_read_than_is_wanted() -> None:
    with Dripping(HEAD + b"\r\n" + b"a" * 100, b"a") as server:
        assert len(ask(server.url, limit=10).body) == 11


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/a b?c=д", b"/a%20b?c=%D0%B4"),
        ("", b"/"),
        ("?x=1#y", b"/?x=1"),
    ],
)
def test_the_target_is_quoted(url: str, target: bytes) -> None:
    with ScriptedUpstream() as server:
        origin = server.base_url.removesuffix("/api/v1")
        server.begin([Said([HEAD + b"Content-Length: 0\r\n\r\n"])])
        ask(origin + url, headers={"Authorization": "Basic x"})
        (heard,) = server.heard
    lines = heard.content.split(b"\r\n")
    assert lines[0] == b"GET " + target + b" HTTP/1.1"
    assert f"Host: {origin.removeprefix('http://')}".encode() in lines
    assert b"Authorization: Basic x" in lines
    assert b"Accept-Encoding: identity" in lines


def test_a_header_with_a_line_break_is_not_sent() -> None:
    with ScriptedUpstream() as server:
        server.begin([])
        with pytest.raises(outbound.NotReached):
            ask(server.base_url, headers={"X-A": "a\r\nX-B: b"})
        assert server.heard == []


def test_the_environment_is_not_obeyed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with ScriptedUpstream() as server:
        server.begin([Said([HEAD + b"Content-Length: 0\r\n\r\n"])])
        assert ask(server.base_url).status == 200
        assert b"Authorization" not in server.heard[0].content
