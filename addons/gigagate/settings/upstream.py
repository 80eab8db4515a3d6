"""Where GigaChat is, and the ways into it: one, or several credentials by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

from gigagate.core.company_proxy import DIRECT, CompanyProxy, Ways
from gigagate.core.policy import Api
from gigagate.settings import values
from gigagate.settings.login import Login, Opening
from gigagate.settings.secret import Secret
from gigagate.settings.values import OUTSIDE

_PORTS = {"http": 80, "https": 443}

Scope = Literal["GIGACHAT_API_PERS", "GIGACHAT_API_B2B", "GIGACHAT_API_CORP"]
Count = Annotated[int, values.at_least(0)]
AtLeastOne = Annotated[int, values.at_least(1)]
Seconds = Annotated[float, values.more_than(0)]


@dataclass(frozen=True)
class Upstream:
    """Where GigaChat is. Plain http is for tests and private networks."""

    base_url: Annotated[str, values.base_url] = "https://api.giga.chat"
    auth_url: Annotated[str, values.address] = "https://ngw.devices.sberbank.ru:9443/api/v2/oauth"
    scope: Scope = "GIGACHAT_API_PERS"
    api: Api = "auto"
    """GigaChat's chat API.  auto: v1, and v2 for what only v2 can do."""
    api_of_models: Mapping[str, Api] = values.EMPTY
    """Pattern of GigaChat's model names -> as `api`.  The first that fits counts."""
    verify: bool = field(default=True, metadata=OUTSIDE)
    ca_bundle_file: Path | None = field(default=None, metadata=OUTSIDE)
    proxy_address: Secret | None = field(default=None, metadata=OUTSIDE)
    """The address of the company's proxy, user and password in it; "none" for no proxy."""
    ways: Ways = field(default=DIRECT, metadata=OUTSIDE)
    """Made of that and of the variables that other programs obey."""

    @cached_property
    def proxy(self) -> CompanyProxy | None:
        """On the way to GigaChat."""
        return self.ways.to_gigachat(self.base_url)

    @cached_property
    def scheme(self) -> str:
        return urlsplit(self.base_url).scheme

    @cached_property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or ""

    @cached_property
    def port(self) -> int:
        return urlsplit(self.base_url).port or _PORTS[self.scheme]

    @cached_property
    def path(self) -> str:
        """What stands before the version of an API: "/api", or "" for nothing."""
        return urlsplit(self.base_url).path.rstrip("/")

    @cached_property
    def address(self) -> tuple[str, int]:
        return self.host, self.port

    @cached_property
    def tls(self) -> bool:
        return self.scheme == "https"

    @cached_property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @cached_property
    def mode(self) -> str:
        """The mode as mitmproxy's --mode takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"reverse:{self.scheme}://{host}:{self.port}"

    def verify_by(self, ca_file: Path | None) -> str | bool:
        """What requests takes as `verify`.  ca_file: as trust.bundle returned it."""
        if not self.verify:
            return False
        return str(ca_file) if ca_file else True


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCredential(Opening):
    """One of several ways into GigaChat; what is not set is as in `upstream`."""

    scope: Scope | None = None
    base_url: Annotated[str, values.base_url] | None = None
    auth_url: Annotated[str, values.address] | None = None
    slots: AtLeastOne | None = None
    models: tuple[str, ...] = ()
    """GigaChat's names, or patterns, that it serves; () for all."""
    weight: Seconds | None = None
    """With a weight anywhere, conversations are shared out; else the first in order is used."""


class Opened(NamedTuple):
    """One account of GigaChat's, as the settings open it."""

    name: str
    """The name of the credential; "" for the only one."""
    login: Login
    upstream: Upstream
    slots: int
    models: tuple[str, ...] = ()
    weight: float | None = None


def slots_of(upstream: Upstream) -> int:
    """GigaChat allows a person one request at a time, a company ten."""
    return 1 if upstream.scope == "GIGACHAT_API_PERS" else 10
