"""Whose authorization key GigaChat is asked with: texts of errors tell its owner what to do."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class KeyOwner(NamedTuple):
    key: str
    account: str
    fix: str
    another: str
    code: str
    """The code of the error for a key that GigaChat refuses."""


PROXY = KeyOwner(
    key="this proxy's authorization key",
    account="this proxy's GigaChat account",
    fix="Fix GIGACHAT_AUTH_KEY on the proxy; the key in your client is not used.",
    another="use another GIGACHAT_AUTH_KEY; the key in your client is not used",
    code="upstream_credentials_rejected",
)

USER = PROXY._replace(
    key="this proxy's user and password",
    fix="Fix GIGACHAT_USER and GIGACHAT_PASSWORD on the proxy; the key in your client is not used.",
    another="use another GIGACHAT_USER; the key in your client is not used",
)

TOKEN = PROXY._replace(
    key="this proxy's access token",
    fix="Put a fresh one into GIGACHAT_ACCESS_TOKEN on the proxy, or GIGACHAT_AUTH_KEY, by which "
    "tokens are renewed; the key in your client is not used.",
    another="use another GIGACHAT_ACCESS_TOKEN; the key in your client is not used",
)

CERTIFICATE = PROXY._replace(
    key="this proxy's client certificate",
    fix="Fix GIGACHAT_CERT_FILE on the proxy; the key in your client is not used.",
    another="use another GIGACHAT_CERT_FILE; the key in your client is not used",
)

OF_KINDS: Mapping[str, KeyOwner] = MappingProxyType(
    {"key": PROXY, "user": USER, "token": TOKEN, "certificate": CERTIFICATE}
)
"""What opens the account, as settings.login has it -> its owner."""


def of(kind: str, name: str = "") -> KeyOwner:
    """name: of one of several credentials."""
    owner = OF_KINDS[kind]
    if not name:
        return owner
    suffix = f"__{name.upper().replace('-', '_')}"
    return owner._replace(
        key=f"{owner.key} ({name})",
        account=f"{owner.account} ({name})",
        fix=_VARIABLE.sub(rf"\g<0>{suffix}", owner.fix),
        another=_VARIABLE.sub(rf"\g<0>{suffix}", owner.another),
    )


_VARIABLE = re.compile(r"GIGACHAT_[A-Z_]+")

CLIENT = KeyOwner(
    key="the authorization key in your client",
    account="your GigaChat account",
    fix="Fix the API key of your client: this proxy has none and takes yours.",
    another="set another key as the API key of your client",
    code="invalid_api_key",
)
