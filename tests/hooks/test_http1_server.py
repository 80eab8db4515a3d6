import tracemalloc

from h11._receivebuffer import ReceiveBuffer

from gigagate.hooks.http1_server import LimitedHttp1Server
from gigagate.settings import Limits

REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def server(content: bytes) -> LimitedHttp1Server:
    server = LimitedHttp1Server.__new__(LimitedHttp1Server)
    server.limits, server.buf = Limits(), ReceiveBuffer()
    server.buf += content
    return server


def test_of_many_requests_in_the_buffer_only_the_first_is_looked_at() -> None:
    impatient = server(REQUEST * 100_000)
    tracemalloc.start()
    try:
        assert impatient.head_size() == len(REQUEST)
        assert tracemalloc.get_traced_memory()[1] < 10 * Limits().header_bytes
    finally:
        tracemalloc.stop()


def test_empty_lines_before_a_request_are_ignored_however_many() -> None:
    assert server(b"\r\n" * Limits().header_bytes + REQUEST).head_size() == len(REQUEST)
    assert server(b"\r\n" * Limits().header_bytes).head_size() is None
