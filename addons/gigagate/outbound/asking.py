"""One request of the proxy's own and its answer, within so many seconds from beginning to end.

Nothing is taken from the environment but what the caller gives: no .netrc, which would replace an
Authorization header.  Redirects are not followed, so a key reaches nobody but the address given.
"""

import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple, Protocol
from urllib.parse import SplitResult, quote, urlsplit

from gigagate import __version__
from gigagate.core import content_coding
from gigagate.core.company_proxy import CompanyProxy
from gigagate.errors import ClientError
from gigagate.outbound import connection
from gigagate.outbound.faults import (
    NotReached,
    NotTrusted,
    OutboundError,
    ProxyFault,
    TooLate,
    why,
)

_AS_IT_IS = "!$%&'()*+,/:;=?@[]~"
"""In a path and query; what is not ASCII is quoted."""
_PORTS = {"http": 80, "https": 443}
ASKS_FOR_PASSWORD = 407


class Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """Their names in lower case."""
    body: bytes
    """At most one byte more than was asked for."""


class OwnCertificate(Protocol):
    """A client's certificate."""

    def context(self, verify: str | bool) -> ssl.SSLContext: ...


def ask(
    method: str,
    url: str,
    *,
    seconds: float,
    limit: int,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    verify: str | bool = True,
    proxy: CompanyProxy | None = None,
    certificate: OwnCertificate | None = None,
) -> Reply:
    """Raises OutboundError.

    seconds: for everything, from the look-up of the name to the last byte.  limit: bytes of the
    answer's body that are wanted.  verify: as Upstream.verify_by gives it.
    proxy: on the way.
    certificate: the client's own, if it has one to show.
    """
    until = time.monotonic() + seconds
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        port = parts.port or _PORTS[parts.scheme]
        with contextlib.ExitStack() as closing:
            plain = closing.enter_context(_connected(host, port, proxy, until))
            closing.enter_context(connection.cut_off(plain, until - time.monotonic()))
            plain.settimeout(max(until - time.monotonic(), 0.001))
            target, own, sock = quoted(parts.path, parts.query), _own(parts), plain
            if parts.scheme == "https":
                if proxy is not None:
                    connection.through(plain, proxy, host, port)
                known = certificate.context(verify) if certificate else None
                context = known or connection.tls_context(verify)
                sock = closing.enter_context(connection.secured(plain, host, context))
            elif proxy is not None:
                target = f"http://{own['Host']}{target}"
                own |= {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
            exchange = http.client.HTTPConnection(host, port, blocksize=64 * 1024)
            exchange.sock = sock
            exchange.request(method, target, body, own | dict(headers or {}))
            with exchange.getresponse() as response:
                answer = _read(response, limit)
        if time.monotonic() >= until:  # what has no length of its own ends where it is cut
            raise TimeoutError
    except OutboundError:
        raise
    except ssl.SSLCertVerificationError:
        raise NotTrusted(f"the certificate of {host} is not trusted") from None
    except (http.client.HTTPException, ClientError, OSError, KeyError, ValueError) as error:
        if time.monotonic() >= until or isinstance(error, TimeoutError):
            raise TooLate(f"{host} did not answer in time") from None
        raise NotReached(f"{host}: {why(error)}") from None
    if proxy is not None and parts.scheme == "http" and answer.status == ASKS_FOR_PASSWORD:
        raise connection.refused(proxy, answer.status, host)
    return answer


def _connected(host: str, port: int, proxy: CompanyProxy | None, until: float) -> socket.socket:
    """To the host, or to the proxy on the way.  Raises OSError or ProxyFault."""
    if proxy is None:
        addresses = connection.resolve_within(host, port, until - time.monotonic())
        return connection.connect(addresses, port, until)
    try:
        addresses = connection.resolve_within(proxy.host, proxy.port, until - time.monotonic())
        return connection.connect(addresses, proxy.port, until)
    except OSError as error:
        told = f"{proxy} cannot be reached ({why(error)})"
        raise ProxyFault(told, passes=True) from None


def quoted(path: str, query: str) -> str:
    """A request's target."""
    return quote((path or "/") + (f"?{query}" if query else ""), safe=_AS_IT_IS)


def _own(parts: SplitResult) -> dict[str, str]:
    host = parts.netloc.rpartition("@")[2]
    return {
        "Host": host if host.isascii() else host.encode("idna").decode(),
        "User-Agent": f"GigaGate/{__version__}",
        "Accept-Encoding": "identity",
    }


def _read(response: http.client.HTTPResponse, limit: int) -> Reply:
    announced = response.length
    content = response.read(limit + 1)
    if announced is not None and len(content) < min(announced, limit + 1):
        raise http.client.IncompleteRead(b"")
    headers = {name.lower(): value for name, value in response.getheaders()}
    coding = headers.get("content-encoding", "")
    return Reply(response.status, headers, content_coding.decode(content, coding, limit))
