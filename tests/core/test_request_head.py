"""Whatever two servers could read in two ways is refused, and so is what no API takes."""

import pytest

from gigagate.core import request_head
from gigagate.errors import (
    ClientError,
    HeadersTooLarge,
    InvalidRequest,
    MethodNotAllowed,
    UpgradeRefused,
)

POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"

ACCEPTED = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"OPTIONS /v1/models?x=%D0%9F HTTP/1.1\r\nhost:localhost:4000\r\n\r\n",
    POST + b"Content-Length: 0\r\n\r\n",
    POST + b"Content-Length:\t 12 \t\r\n\r\n",
    POST + b"Transfer-Encoding: Chunked\r\n\r\n",
    POST + b"X-Empty:\r\nX-Utf8: \xd0\x9f\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n",
    POST + b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n",
]


@pytest.mark.parametrize("head", ACCEPTED)
def test_what_clients_send_is_accepted(head: bytes) -> None:
    assert request_head.size(head + b"the body") == len(head)
    request_head.read(head)


REFUSED: list[tuple[bytes, type[ClientError], str]] = [
    (b"GARBAGE\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"\x16\x03\x01\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"GET /\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b" GET / HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"GET / HTTP/1.1\0\r\nHost: x\r\n\r\n", InvalidRequest, "no HTTP request"),
    (b"GET / HTTP/1.1\n\n", InvalidRequest, "LF alone"),
    (b"GET / HTTP/1.1\r\nHost: x\r\n\n", InvalidRequest, "LF alone"),
    (b"GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", InvalidRequest, "LF alone"),
    (b"GET / HTTP/1.1\nHost: x\r\n\r\n", InvalidRequest, "LF alone"),
    (b"GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", InvalidRequest, "value that is not allowed"),
    (b"GET / HTTP/2.0\r\n\r\n", InvalidRequest, "HTTP/2.0 is not spoken"),
    (b"PRI * HTTP/2.0\r\n\r\n", InvalidRequest, "HTTP/2.0 is not spoken"),
    (b"GET / HTTP/0.9\r\n\r\n", InvalidRequest, "HTTP/0.9 is not spoken"),
    (b"CONNECT evil:443 HTTP/1.1\r\nHost: evil\r\n\r\n", MethodNotAllowed, "no forward proxy"),
    (b"CONNECT /x HTTP/1.1\r\nHost: x\r\n\r\n", MethodNotAllowed, "no forward proxy"),
    (b"GET http://evil/ HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequest, "no forward proxy"),
    (b"GET evil:80 HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequest, "no forward proxy"),
    (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", InvalidRequest, "no forward proxy"),
    (b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", MethodNotAllowed, "TRACE"),
    (b"get / HTTP/1.1\r\nHost: x\r\n\r\n", MethodNotAllowed, "get"),
    (b"connect / HTTP/1.1\r\nHost: x\r\n\r\n", MethodNotAllowed, "connect"),
    (b"PROPFIND / HTTP/1.1\r\nHost: x\r\n\r\n", MethodNotAllowed, "PROPFIND"),
    (b"GET / HTTP/1.1\r\n\r\n", InvalidRequest, "Host is missing"),
    (POST + b"HOST: evil\r\n\r\n", InvalidRequest, "host is given more than once"),
    (POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n", InvalidRequest, "more than once"),
    (POST + b"Content-Length: 2\r\ncontent-length: 3\r\n\r\n", InvalidRequest, "more than once"),
    (POST + b"Content-Length: 2, 2\r\n\r\n", InvalidRequest, "Content-Length"),
    (POST + b"Content-Length: +2\r\n\r\n", InvalidRequest, "Content-Length"),
    (POST + b"Content-Length: -2\r\n\r\n", InvalidRequest, "Content-Length"),
    (POST + b"Content-Length: 0x2\r\n\r\n", InvalidRequest, "Content-Length"),
    (POST + b"Content-Length: 02\r\n\r\n", InvalidRequest, "Content-Length"),
    (POST + b"Content-Length:\r\n\r\n", InvalidRequest, "Content-Length"),
    (POST + b"Content-Length: 9999999999999999999\r\n\r\n", InvalidRequest, "Content-Length"),
    (
        POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        InvalidRequest,
        "exclude each other",
    ),
    (
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        InvalidRequest,
        "more than once",
    ),
    (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", InvalidRequest, "chunked"),
    (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n", InvalidRequest, "chunked"),
    (POST + b"Transfer-Encoding: xchunked\r\n\r\n", InvalidRequest, "chunked"),
    (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n", InvalidRequest, "not allowed"),
    (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", InvalidRequest, "chunked"),
    (POST + b"Transfer-Encoding : chunked\r\n\r\n", InvalidRequest, "name that is not allowed"),
    (POST + b"X: y\r\n folded: z\r\n\r\n", InvalidRequest, "folded"),
    (POST + b"X: y\r\n\tz\r\n\r\n", InvalidRequest, "folded"),
    (POST + b": no name\r\n\r\n", InvalidRequest, "name that is not allowed"),
    (POST + b"no colon\r\n\r\n", InvalidRequest, "name that is not allowed"),
    (POST + b"X\0: y\r\n\r\n", InvalidRequest, "name that is not allowed"),
    (POST + b"X-\xd0\x9f: y\r\n\r\n", InvalidRequest, "name that is not allowed"),
    (POST + b"X: a\0b\r\n\r\n", InvalidRequest, "X has a value that is not allowed"),
    (POST + b"X: a\x7fb\r\n\r\n", InvalidRequest, "X has a value that is not allowed"),
    (POST + b"X: y\r\n" * 201 + b"\r\n", HeadersTooLarge, "200 header fields"),
    (
        b"GET /v1/realtime HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
        b"Upgrade: h2c, WebSocket\r\n\r\n",
        UpgradeRefused,
        "WebSocket",
    ),
]


@pytest.mark.parametrize(("head", "kind", "said"), REFUSED)
def test_a_doubtful_head_is_refused_with_its_reason(
    head: bytes, kind: type[ClientError], said: str
) -> None:
    assert request_head.size(head) == len(head)
    with pytest.raises(kind, match=said):
        request_head.read(head)


@pytest.mark.parametrize("part", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\r\r"])
def test_a_head_without_its_empty_line_is_not_complete(part: bytes) -> None:
    assert request_head.size(part) is None
