"""What a port that a test was given must stand."""

import socket
import sys

import pytest
from tests.support.ports import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ports are held on Linux alone")


def test_nobody_else_gets_the_port_by_chance() -> None:
    port = free_port()
    with socket.socket() as somebody, pytest.raises(OSError, match="in use"):
        somebody.bind(("127.0.0.1", port))


def test_a_server_can_listen_on_it_and_again_after_its_end() -> None:
    port = free_port()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    for _ in range(2):
        with (
            socket.create_server(("127.0.0.1", port)) as server,
            socket.create_connection(("127.0.0.1", port)),
        ):
            server.accept()[0].close()


def test_workers_can_share_it() -> None:
    address = ("127.0.0.1", free_port())
    with (
        socket.create_server(address, reuse_port=True),
        socket.create_server(address, reuse_port=True),
    ):
        pass
