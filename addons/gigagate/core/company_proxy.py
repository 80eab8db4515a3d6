"""Which proxy of a company's network stands on the way to an address, and what it is shown.

GIGAGATE_UPSTREAM_PROXY is for all that goes to GigaChat, and wins.  Else the variables that most
programs obey decide: HTTPS_PROXY, HTTP_PROXY and NO_PROXY; this machine itself is never reached
through them.
"""

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

OURS = "GIGAGATE_UPSTREAM_PROXY"
_PORTS = {"http": 80, "https": 443}
_NONE: Mapping[str, "CompanyProxy"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CompanyProxy:
    host: str
    port: int
    named_by: str
    """The variable."""
    authorization: str = field(default="", repr=False)
    """What Proxy-Authorization says; "" for none."""

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port

    def __str__(self) -> str:
        """The address for people: without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"the proxy {host}:{self.port} ({self.named_by})"

    @classmethod
    def read(cls, text: str, named_by: str) -> "CompanyProxy":
        """Raises ValueError, whose text holds nothing of the address."""
        try:
            parts = urlsplit(text if "://" in text else f"http://{text}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or not _is_plain(host):
            raise ValueError("expected an address such as http://user:password@proxy.corp:3128")
        if parts.scheme != "http":
            raise ValueError(
                "only proxies that are spoken to in plain HTTP are used (http://host:port), "
                "neither SOCKS nor https:// ones; what goes through them is encrypted all the same"
            )
        return cls(host, port or 80, named_by, _authorization(parts.username, parts.password))


@dataclass(frozen=True, slots=True)
class Ways:
    chosen: CompanyProxy | None = None
    """The way that GIGAGATE_UPSTREAM_PROXY says."""
    direct: bool = False
    """Also chosen so: no proxy, whatever other variables say."""
    by_scheme: Mapping[str, CompanyProxy] = field(default_factory=lambda: _NONE)
    """The scheme of the address that is asked -> the way to it."""
    exceptions: str = ""
    """NO_PROXY."""

    def to_gigachat(self, url: str) -> CompanyProxy | None:
        """None: the direct way."""
        if self.chosen is not None or self.direct:
            return self.chosen
        return self.elsewhere(url)

    def elsewhere(self, url: str) -> CompanyProxy | None:
        """To what is not GigaChat's."""
        parts = urlsplit(url)
        proxy = self.by_scheme.get(parts.scheme)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
        return None if proxy is None or excepted(host, port, self.exceptions) else proxy


DIRECT = Ways()


def ways(environ: Mapping[str, str], chosen: CompanyProxy | None, *, direct: bool = False) -> Ways:
    """Raises ValueError, with the name of the variable."""
    by_scheme = {}
    for scheme in ("https", "http"):
        for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY"):
            if (text := environ.get(name, "").strip()) and scheme not in by_scheme:
                try:
                    by_scheme[scheme] = CompanyProxy.read(text, name)
                except ValueError as error:
                    if chosen is None and not direct:
                        raise ValueError(f"{name}: {error}. {OURS} wins over it") from None
    exceptions = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    return Ways(chosen, direct, MappingProxyType(by_scheme), exceptions)


def excepted(host: str, port: int, exceptions: str) -> bool:
    """Whether a list as NO_PROXY has it names the host; a name stands for those below it too."""
    host = host.lower().rstrip(".")
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    for entry in exceptions.lower().replace(",", " ").split():
        if entry == "*":
            return True
        name, colon, number = entry.rpartition(":")
        if colon and number.isdecimal() and _address(entry) is None:
            if int(number) != port:
                continue
            entry = name
        entry = entry.strip("[]").removeprefix("*").strip(".")
        if address is not None and _holds(entry, address):
            return True
        if entry and (host == entry or host.endswith(f".{entry}")):
            return True
    return False


def _holds(entry: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _authorization(user: str | None, password: str | None) -> str:
    if user is None:
        return ""
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _is_plain(host: str) -> bool:
    return host.isprintable() and not set(host) & set(' "<>\\^`{|}')


_REFUSALS = {
    403: "it forbids that address",
    405: "it does not take CONNECT",
    502: "it cannot reach that address",
    503: "it cannot reach that address",
    504: "it cannot reach that address in time",
}
"""Status of a proxy's answer -> what it means."""


def refusal(proxy: CompanyProxy, status: int, host: str) -> str:
    """What a person is told when a proxy does not open the way to `host`."""
    why = _REFUSALS.get(status, "its answer is not one to CONNECT")
    if status == 407:
        why = (
            "it does not take the user and password in its address"
            if proxy.authorization
            else f"it asks for a user and a password: {OURS}=http://user:password@host:port"
        )
    return f"{proxy} refuses the way to {host}: {why} (status {status})"


def passes_by_itself(status: int) -> bool:
    """Whether another attempt may help."""
    return status >= 500
