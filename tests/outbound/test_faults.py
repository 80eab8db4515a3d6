import errno
import http.client
import socket
import ssl

import pytest

from gigagate import outbound


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (socket.gaierror(-2, "Name or service not known"), "its name cannot be resolved"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "nothing listens there"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "the connection broke off"),
        (http.client.RemoteDisconnected("x"), "the connection broke off"),
        (ssl.SSLError("WRONG_VERSION_NUMBER"), "TLS failed"),
        (http.client.IncompleteRead(b"x"), "the answer broke off"),
        (http.client.BadStatusLine("x"), "what it answered is no HTTP"),
        (OSError(errno.ENETUNREACH, "x"), "network is unreachable"),
        (ValueError("x"), "no answer that could be read"),
    ],
)
def test_a_reason_is_for_people_and_repeats_nothing_of_the_error(
    error: Exception, told: str
) -> None:
    assert outbound.why(error) == told
