"""Values that must never be shown, and what a person may have pasted in their place.

Nothing here puts the value, or a part of it, into an error's text.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gigagate.core.company_proxy import CompanyProxy
from gigagate.core.http import ANONYMOUS

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
NO_PROXY = "none"
TOKEN = re.compile(r"[!-~]{1,16384}")
SHA256_HEX = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


class Secret:
    """A string whose repr, str and format show only `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")


MISTAKES: tuple[tuple[Callable[[str], object], str], ...] = (
    (re.compile(r"(basic|bearer)\s", re.I).match, "leave out the word before the key"),
    (re.compile(r"[\"'«»“”]").search, "leave out the quotes"),
    (re.compile(r"<.*>", re.DOTALL).fullmatch, "put the key in place of <…>, without < and >"),
    (re.compile(r"\s").search, "leave out the spaces and line breaks"),
    (UUID.fullmatch, "this is a client ID or a client secret; the key is made of both"),
    (re.compile(r"eyJ[^.]*\.").match, "this is an access token, which lives 30 minutes"),
    (re.compile(r"sk-").match, "this is an OpenAI key"),
    (lambda text: ":" in text, "this is id:secret itself, not yet in base64"),
)


def authorization_key(text: str) -> Secret:
    """GigaChat's authorization key, base64 of `client_id:client_secret`."""
    for is_mistake, advice in MISTAKES:
        if is_mistake(text):
            raise ValueError(f"expected base64 of client_id:client_secret; {advice}")
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(
            "expected base64 of client_id:client_secret; this is not base64, or a part is missing"
        ) from None
    client_id, colon, client_secret = decoded.partition(b":")
    if not (client_id and colon and client_secret and decoded.isascii()):
        raise ValueError(
            "expected base64 of client_id:client_secret; this is base64 of something else"
        )
    return Secret(text)


def proxy_address(text: str) -> Secret:
    """The address of a company's proxy; user and password may be in it.  `none`: the direct way."""
    if text.lower() != NO_PROXY:
        CompanyProxy.read(text, "")
    return Secret(text)


def user(text: str) -> Secret:
    """The name that a company's GigaChat knows us by."""
    if ":" in text:
        raise ValueError("expected a user's name; it has no colon: the password is set apart")
    return Secret(text)


def access_token(text: str) -> Secret:
    """A token as GigaChat's OAuth gives it; the word before it in a header is cut off."""
    token = re.sub(r"^bearer\s+", "", text.strip(), flags=re.IGNORECASE)
    if not TOKEN.fullmatch(token):
        raise ValueError("expected an access token: one word without spaces and line breaks")
    return Secret(token)


def store_address(text: str) -> Secret:
    """The address of a Redis or Valkey server; its password is in it."""
    scheme, separator, rest = text.partition("://")
    if scheme not in ("redis", "rediss", "valkey", "valkeys") or not separator or not rest:
        raise ValueError("expected an address such as redis://:password@host:6379/0")
    return Secret(text)


def store_key(text: str) -> Secret:
    """A Fernet key: 32 bytes in URL-safe base64."""
    try:
        decoded = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) != 32:
        raise ValueError(
            "expected a Fernet key, 32 bytes in base64; make one with "
            "openssl rand -base64 32 | tr +/ -_"
        )
    return Secret(text)


def client_keys(text: str) -> Mapping[str, str]:
    """`name:key,name:key` -> {SHA-256 of the key in hex: name}; `none`: no keys, and meant so."""
    if text.strip().lower() == "none":
        return MappingProxyType({})
    return _named(
        text.split(","),
        digest,
        "name:key pairs separated by commas",
    )


def client_key_hashes(text: str) -> Mapping[str, str]:
    """Lines of `name:sha256`, blank ones and # comments aside -> {SHA-256 in hex: name}."""
    lines = (line.partition("#")[0] for line in text.splitlines())

    def checked(value: str) -> str:
        if not SHA256_HEX.fullmatch(value):
            raise ValueError("expected name:sha256 on each line, the SHA-256 as 64 hex digits")
        return value.lower()

    return _named([line for line in lines if line.strip()], checked, "name:sha256 on each line")


def digest(key: str) -> str:
    """The SHA-256 of a key, as client keys are kept."""
    return hashlib.sha256(key.encode()).hexdigest()


def _named(entries: list[str], digest: Callable[[str], str], expected: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for entry in entries:
        name, _, value = (part.strip() for part in entry.partition(":"))
        if not name or not value:
            raise ValueError(f"expected {expected}")
        if name == ANONYMOUS:
            raise ValueError(
                f"{name} is what clients without a key are called; choose another name"
            )
        key = digest(value)
        if key in names or name in names.values():
            raise ValueError(f"expected {expected}; the name {name} or its key is there twice")
        names[key] = name
    return MappingProxyType(names)


def admin_key(text: str) -> Secret:
    """The key that opens the panel: long enough that nobody guesses it."""
    if len(text) < 12 or not text.isascii() or any(letter.isspace() for letter in text):
        raise ValueError("expected 12 or more ASCII characters without spaces")
    return Secret(text)
