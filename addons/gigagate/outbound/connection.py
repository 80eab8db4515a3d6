"""A connection that ends by the clock.

A timeout of a socket bounds the wait for the next byte: a server that sends one now and then holds
whoever reads for ever.  So a timer shuts the connection down, whatever goes on there, and a name is
looked up beside, since nothing ends a look-up.
"""

import contextlib
import http.client
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache

import certifi

from gigagate.core import company_proxy
from gigagate.core.company_proxy import CompanyProxy
from gigagate.outbound.faults import ProxyFault

CONNECT_SECONDS = 5.0
"""The patience with each address of a host."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def resolve_within(host: str, port: int, seconds: float) -> Sequence[str]:
    """Raises OSError, TimeoutError too."""
    if _is_literal(host):
        return [host]
    outcome: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            outcome.put(resolve(host, port))
        except Exception as error:
            outcome.put(error)

    threading.Thread(target=look_up, daemon=True, name="name look-up").start()
    try:
        found = outcome.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError("the name was not looked up in time") from None
    if isinstance(found, OSError):
        raise found
    if isinstance(found, Exception):  # a name that no look-up takes
        raise OSError(str(found)) from None
    return found


def connect(addresses: Sequence[str], port: int, until: float) -> socket.socket:
    """To the first that answers.  Raises OSError.  until: of time.monotonic()."""
    fault: OSError = OSError("the name has no address")
    for address in addresses:
        seconds = min(CONNECT_SECONDS, until - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("no connection in time")
        try:
            return socket.create_connection((address, port), seconds)
        except OSError as error:
            fault = error
    raise fault


@contextlib.contextmanager
def cut_off(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Shut down after so long: whoever reads it then reads its end, and whoever writes fails."""
    with connection.dup() as same:

        def cut() -> None:
            with contextlib.suppress(OSError):
                same.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(max(seconds, 0), cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def through(plain: socket.socket, proxy: CompanyProxy, host: str, port: int) -> None:
    """Asks `proxy`, at the other end of `plain`, for the way to a host.

    Raises ProxyFault, OSError or http.client.HTTPException.
    """
    name = f"[{host}]" if ":" in host else host.encode("idna").decode()
    head = [f"CONNECT {name}:{port} HTTP/1.1", f"Host: {name}:{port}"]
    if proxy.authorization:
        head.append(f"Proxy-Authorization: {proxy.authorization}")
    plain.sendall("".join(f"{line}\r\n" for line in (*head, "")).encode())
    answer = http.client.HTTPResponse(plain, method="CONNECT")
    answer.begin()
    answer.close()
    if not 200 <= answer.status < 300:
        raise refused(proxy, answer.status, host)


def refused(proxy: CompanyProxy, status: int, host: str) -> ProxyFault:
    passes = company_proxy.passes_by_itself(status)
    return ProxyFault(company_proxy.refusal(proxy, status, host), passes=passes)


def secured(plain: socket.socket, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Raises OSError."""
    return context.wrap_socket(plain, server_hostname=host)


@lru_cache(maxsize=8)
def tls_context(verify: str | bool) -> ssl.SSLContext:
    """A file's name is made of its content, or it is certifi's: neither changes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust(context, verify)
    return context


def trust(context: ssl.SSLContext, verify: str | bool) -> None:
    """verify: a file of authorities; True: the public ones; False: nothing is verified."""
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        context.load_verify_locations(certifi.where() if verify is True else verify)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
