"""Plain HTTP beside mitmproxy: tokens, files, lists, certificates, an admin's webhook.  It blocks.

connection.py  a socket to a host, with an end by the clock whatever the other side does
asking.py      one request and its answer over it
"""

from gigagate.outbound.asking import (
    Answer,
    NotReached,
    NotTrusted,
    OutboundError,
    TooLate,
    ask,
    quoted,
)

__all__ = ["Answer", "NotReached", "NotTrusted", "OutboundError", "TooLate", "ask", "quoted"]
