"""Files that a client names by their address.

Such an address must not lead into the network the proxy stands in.  A name is resolved once, every
address it has must be public, and the connection goes to the address that was checked, whatever the
name means a moment later; a redirect starts all over.  Nothing of ours is sent along, and only the
public authorities are trusted.
"""

import contextlib
import http.client
import time
from collections.abc import Callable, Iterator, Sequence
from http.client import HTTPResponse
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

from gigagate import __version__
from gigagate.errors import InvalidRequest, RequestTooLarge
from gigagate.outbound import connection, quoted, why

MAX_REDIRECTS = 3
READ_SECONDS = 10.0
"""Between two bytes."""
TOTAL_SECONDS = 30.0
LOOK_UP_SECONDS = 10.0
CHUNK = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
METADATA = frozenset({IPv4Address("168.63.129.16"), IPv4Address("192.0.0.192")})
"""Public by their number, but inside a cloud they answer its machines' questions."""
NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")
"""All that has been given out of IPv6."""

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """Raises OSError."""
    return connection.resolve_within(host, port, LOOK_UP_SECONDS)


def is_public(text: str) -> bool:
    """Whether this is the address of a machine on the internet, and of no other."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is None and address not in UNICAST:
            return False
        address = inner or address
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and address not in METADATA
    )


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that such a connection would end at."""
    if address.teredo:
        return address.teredo[1]
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class FileFetcher:
    """`resolve` and `is_public` are there to be replaced by tests."""

    def __init__(
        self,
        *,
        resolve: Resolve = resolve,
        is_public: Callable[[str], bool] = is_public,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolve = resolve
        self._is_public = is_public
        self._clock = clock

    def fetch(self, url: str, max_bytes: int) -> tuple[bytes, str]:
        """The content and its declared media type.  Raises InvalidRequest or RequestTooLarge."""
        until = self._clock() + TOTAL_SECONDS
        for _ in range(MAX_REDIRECTS + 1):
            parts = _checked(url)
            address = self._checked_address(parts)
            try:
                with _get(parts, address, until - self._clock()) as response:
                    if response.status not in REDIRECTS:
                        return self._read(response, url, max_bytes, until)
                    url = urljoin(url, response.getheader("location", ""))
            except (http.client.HTTPException, OSError) as error:
                late = self._clock() > until
                reason = "it takes too long" if late else f"no answer: {why(error)}"
                raise _cannot(url, reason) from None
            except ValueError:
                raise _cannot(url, "its address, or one it leads to, is malformed") from None
        raise _cannot(url, f"more than {MAX_REDIRECTS} redirects")

    def _checked_address(self, parts: SplitResult) -> str:
        assert parts.hostname is not None
        try:
            addresses = self._resolve(parts.hostname, _port(parts))
        except (OSError, UnicodeError):
            addresses = ()  # told like a private one: nobody learns which internal names exist
        if not addresses or not all(map(self._is_public, addresses)):
            raise _cannot(parts.geturl(), "no such host is on the public internet")
        return addresses[0]

    def _read(
        self, response: HTTPResponse, url: str, max_bytes: int, until: float
    ) -> tuple[bytes, str]:
        if response.status != 200:
            raise _cannot(url, f"its host answers {response.status}")
        content, announced = bytearray(), response.length
        while chunk := response.read1(CHUNK):
            content += chunk
            if len(content) > max_bytes:
                raise RequestTooLarge(
                    f"The file at {_shown(url)} is larger than {max_bytes / 2**20:.1f} MB."
                )
        if self._clock() > until:
            raise _cannot(url, "it takes too long")
        if announced is not None and len(content) < announced:
            raise _cannot(url, "it broke off")
        return bytes(content), response.getheader("content-type", "")


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and _port(parts) > 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url:
        raise _cannot(url, "it is no http(s) address")
    if parts.username is not None or parts.password is not None:
        raise _cannot(parts._replace(netloc=parts.hostname or "").geturl(), "it has a user name")
    return parts


@contextlib.contextmanager
def _get(parts: SplitResult, address: str, seconds: float) -> Iterator[HTTPResponse]:
    """From the machine at `address`, and with the certificate of the name."""
    assert parts.hostname is not None
    until = time.monotonic() + seconds
    with (
        connection.connect([address], _port(parts), until) as plain,
        connection.cut_off(plain, until - time.monotonic()),
        contextlib.closing(http.client.HTTPConnection(address)) as exchange,
    ):
        plain.settimeout(READ_SECONDS)
        tls = parts.scheme == "https"
        exchange.sock = (
            connection.secured(plain, parts.hostname, connection.tls_context(True))
            if tls
            else plain
        )
        exchange.request("GET", quoted(parts.path, parts.query), headers=_headers(parts))
        with exchange.getresponse() as response:
            yield response


def _headers(parts: SplitResult) -> dict[str, str]:
    host = parts.netloc
    return {
        "Host": host if host.isascii() else host.encode("idna").decode(),
        "User-Agent": f"GigaGate/{__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }


def _port(parts: SplitResult) -> int:
    return parts.port or {"http": 80, "https": 443}[parts.scheme]


def _cannot(url: str, why: str) -> InvalidRequest:
    return InvalidRequest(f"The file at {_shown(url)} cannot be fetched: {why}.")


def _shown(url: str) -> str:
    """Without its query: that may hold a key."""
    return repr(url.partition("?")[0][:100])
