"""Whose authorization key GigaChat is asked with: texts of errors tell its owner what to do."""

from typing import NamedTuple


class KeyOwner(NamedTuple):
    key: str
    account: str
    fix: str
    another: str
    code: str
    """Of the error for a key that GigaChat refuses."""


PROXY = KeyOwner(
    key="this proxy's authorization key",
    account="this proxy's GigaChat account",
    fix="Fix GIGACHAT_AUTH_KEY on the proxy; the key in your client is not used.",
    another="use another GIGACHAT_AUTH_KEY; the key in your client is not used",
    code="upstream_credentials_rejected",
)

CLIENT = KeyOwner(
    key="the authorization key in your client",
    account="your GigaChat account",
    fix="Fix the API key of your client: this proxy has none and takes yours.",
    another="set another key as the API key of your client",
    code="invalid_api_key",
)
