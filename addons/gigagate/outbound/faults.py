"""Why one of the proxy's own requests has no answer.

The texts hold neither header nor body, nor anything of an address but its host.
"""


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
