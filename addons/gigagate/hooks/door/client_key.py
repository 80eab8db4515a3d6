"""Whose key a request carries.  Asked before `client_secrets` takes it out."""

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Iterator, Mapping

from mitmproxy import http


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


def presented(request: http.Request) -> Iterator[str]:
    """As OpenAI's, Anthropic's and Google's clients send it; a browser sends it as a password."""
    scheme, _, value = request.headers.get("authorization", "").strip().partition(" ")
    value = value.strip()
    if scheme.lower() == "bearer":
        yield value
    elif scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            yield base64.b64decode(value, validate=True).decode().partition(":")[2]
    for name in ("x-api-key", "api-key", "x-goog-api-key"):
        if name in request.headers:
            yield request.headers[name].strip()
