"""Why one of the proxy's own requests has no answer.

The texts hold neither header nor body, nor anything of an address but its host.
"""

import http.client
import os
import socket
import ssl


class OutboundError(Exception):
    pass


class NotReached(OutboundError):
    """No connection, or it broke off, or what came is no HTTP."""


class NotTrusted(OutboundError):
    """The certificate is not of an authority we trust."""


class TooLate(OutboundError):
    """The time is up."""


class ProxyFault(OutboundError):
    """The company's proxy on the way refuses, or cannot be reached."""

    def __init__(self, told: str, *, passes: bool) -> None:
        """passes: it may pass by itself."""
        super().__init__(told)
        self.passes = passes


_WHYS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "its name cannot be resolved"),
    (ConnectionRefusedError, "nothing listens there"),
    (ConnectionError, "the connection broke off"),
    (ssl.SSLError, "TLS failed"),
    (http.client.IncompleteRead, "the answer broke off"),
    (http.client.HTTPException, "what it answered is no HTTP"),
)
"""The first that fits counts."""


def why(error: Exception) -> str:
    """The reason why there is no answer, for people; none of the error's own text."""
    for kind, words in _WHYS:
        if isinstance(error, kind):
            return words
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return "no answer that could be read"
