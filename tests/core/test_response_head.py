import pytest

from gigagate.core import response_head


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"HTTP/1.1 200 OK", 200),
        (b"HTTP/1.1 200", 200),
        (b"HTTP/1.0 503 \xd0\xbd\xd0\xb5\xd1\x82", 503),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>", 103),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Y:\r\nX-Y: z", 200),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding:\tChunked", 200),
    ],
)
def test_what_a_server_says(head: bytes, status: int) -> None:
    assert response_head.read(head.split(b"\r\n")).status == status


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/2 200 OK",
        b"HTTP/1.1 099 OK",
        b"HTTP/1.1 600 OK",
        b"HTTP/1.1 +20 OK",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5",
        b"HTTP/1.1 200 OK\r\nContent-Length : 5",
        b"HTTP/1.1 200 OK\r\nX: y\r\n Content-Length: 5",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 200 OK\r\nX: y\0z",
        b"HTTP/1.1 200 OK\r\nno colon",
        b"HTTP/1.1 200 OK" + b"\r\nX: y" * 201,
    ],
)
def test_what_two_readers_could_take_apart_is_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match=r"it|its"):
        response_head.read(head.split(b"\r\n"))
