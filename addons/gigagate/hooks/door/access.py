"""Who may come in: the names we answer to, the web pages that may use us, the keys of clients.

A proxy that adds real credentials to whatever reaches it must not be reached by a web page through
the user's browser (DNS rebinding sends a foreign Host, a page's script an Origin), nor by whoever
finds its port.
"""

import ipaddress
import re
import time

from mitmproxy import http

from gigagate import routes
from gigagate.clients import Ledger
from gigagate.core import signed_link
from gigagate.errors import HostNotAllowed, InvalidApiKey, LinkRefused, NotReady
from gigagate.hooks.door import client_key
from gigagate.hooks.request_head import head_of
from gigagate.settings import Settings

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:\[\]/@]+?)\.?(:\d{0,5})?")


def check_sender(request: http.Request, settings: Settings) -> None:
    """Raises HostNotAllowed.  An HTTP/1.0 request may be without Host; no browser sends one."""
    host, origin = request.headers.get("host"), request.headers.get("origin")
    if host is not None and _host_name(host) not in settings.allowed_hosts:
        raise HostNotAllowed(
            f"This proxy does not answer to the host name {host!r}. "
            "Use localhost, or add the name to GIGAGATE_ALLOWED_HOSTS."
        )
    if origin is None or origin.lower() in settings.allowed_origins or _is_ours(origin, host):
        return
    raise HostNotAllowed(
        f"Web pages of {origin!r} may not use this proxy. "
        "Add the origin to access.origins in config/gigachat.yaml if they should."
    )


def check_page(request: http.Request) -> None:
    """A browser fetches what any page embeds, a picture say, without an Origin.  It tells by Fetch
    Metadata whose page that is.  Raises HostNotAllowed.
    """
    site = request.headers.get("sec-fetch-site", "").strip().lower()
    if "origin" not in request.headers and site in ("cross-site", "same-site"):
        raise HostNotAllowed(
            "Another web page asks for this through your browser (Sec-Fetch-Site). "
            "Ask with your client, or open the address yourself."
        )


def linked_client(request: http.Request, link_key: bytes) -> str | None:
    """The client for whom a signed link to a picture was made: it is as good as that one's key.

    None if this is no such link.  link_key: what it is signed with.
    Raises LinkRefused, or what routes.find raises.
    """
    query = request.path.partition("?")[2]
    if "signature=" not in query:
        return None
    endpoint, item = routes.find(head_of(request))
    if endpoint.operation != "file_content":
        return None
    return signed_link.client_of(item, query, key=link_key, now=int(time.time()))


def check_link(client: str, settings: Settings, clients: Ledger) -> None:
    """A link lives no longer than the key of the client it was made for.

    Raises LinkRefused or NotReady.
    """
    if client in settings.client_keys.values():
        return
    of_team = clients.named(client)
    if of_team is not None and not of_team.expired(time.time()):
        return
    if clients.unknown:
        raise _not_known_yet()
    if settings.client_keys or clients.asks:
        raise LinkRefused(
            "This link to a picture was made for a client that may not come in any more. Ask for "
            "the file with your key instead."
        )


def client_name(request: http.Request, settings: Settings, clients: Ledger | None = None) -> str:
    """The name of the client's key; "" where keys are not checked.  Raises InvalidApiKey."""
    if not settings.client_keys and not (clients and clients.asks):
        return ""
    name = client_key.holder(request, settings.client_keys)
    client = clients.holder(client_key.presented(request)) if clients and name is None else None
    if client is not None:
        if client.expired(time.time()):
            raise InvalidApiKey(
                f"The key of {client.name} has expired. {settings.access.contact} can make a new "
                "one (./run.sh clients)."
            )
        name = client.name
    if name is None and clients and clients.unknown:
        raise _not_known_yet()
    if name is None:
        shown = any(client_key.presented(request))
        what = "does not know the client key that was sent" if shown else "asks for a client key"
        raise InvalidApiKey(
            f"This proxy {what}. Set the key as the API key of your client (it is sent "
            "in the header Authorization, x-api-key or api-key); who runs the proxy gives the "
            "keys out (./run.sh clients, or GIGAGATE_CLIENT_KEYS)."
        )
    return name


def _not_known_yet() -> NotReady:
    return NotReady(
        "The list of this proxy's clients cannot be read: their store is away. Try again in a "
        "few seconds.",
        retry_after=5,
    )


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _host_name(value: str) -> str:
    """In lower case, without port, brackets and the dot of the root; "" if it is no host name."""
    match = _HOST.fullmatch(value.strip().lower())
    if match is None:
        return ""
    name = match[1].strip("[]")
    if ":" not in name:
        return name
    try:
        return str(ipaddress.IPv6Address(name))
    except ValueError:
        return ""


def _is_ours(origin: str, host: str | None) -> bool:
    """A page that came from this proxy, under the very name that was just allowed."""
    scheme, _, name = origin.partition("://")
    return scheme in ("http", "https") and name == host
