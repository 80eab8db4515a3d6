"""Whose key a request carries.  Asked before `client_secrets` takes it out."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping

from mitmproxy import http

from gigagate import routes
from gigagate.hooks.request_head import head_of


def holder(request: http.Request, client_keys: Mapping[str, str]) -> str | None:
    """The name of the client whose key it is; None if there is no key, or a wrong one.

    client_keys: SHA-256 of a key in hex -> name.  Every hash is compared, in constant time.
    """
    found = None
    for key in presented(request):
        digest = hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()
        for known, name in client_keys.items():
            if hmac.compare_digest(digest, known):
                found = name
    return found


def carries(request: http.Request, key: str) -> bool:
    """Whether it brings that key, which is ASCII."""
    given = (one for one in presented(request) if one.isascii())
    return any(hmac.compare_digest(one, key) for one in given)


def presented(request: http.Request) -> Iterator[str]:
    """The keys it brings, from where the clients of its API put them."""
    head = head_of(request)
    return routes.dialect_of(head).keys(head)
