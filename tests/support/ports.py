"""Ports for servers that a test starts in a process of their own.

A port that was found free and let go may belong to somebody else a moment later: every connection
that leaves this machine takes one of the same range. On Linux the port therefore stays bound here,
not listening, until the tests end: nobody gets it by chance, while a server, which binds with
SO_REUSEADDR, still can listen on it, and until one does it refuses connections.
"""

import socket
import sys

_held: list[socket.socket] = []


def free_port() -> int:
    """A port on 127.0.0.1 that no other caller, and on Linux no other program, gets as well."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    port: int = holder.getsockname()[1]
    if sys.platform == "linux":
        _held.append(holder)
    else:
        holder.close()
    return port
