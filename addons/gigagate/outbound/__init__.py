"""Plain HTTP beside mitmproxy: tokens, files, lists, certificates, an admin's webhook.  It blocks.

connection.py  a socket to a host, with an end by the clock whatever the other side does
faults.py      why there is no answer
asking.py      one request and its answer over it
"""

from gigagate.outbound.asking import Reply, ask, quoted
from gigagate.outbound.faults import (
    NotReached,
    NotTrusted,
    OutboundError,
    ProxyFault,
    TooLate,
    why,
)

__all__ = [
    "NotReached",
    "NotTrusted",
    "OutboundError",
    "ProxyFault",
    "Reply",
    "TooLate",
    "ask",
    "quoted",
    "why",
]
