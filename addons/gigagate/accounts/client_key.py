"""What a client may bring as its API key, where each brings its own access to GigaChat.

The authorization key as it is; or, as Sber's gateway for OpenAI's clients (gpt2giga) has it,
`giga-cred-KEY:SCOPE`, `giga-user-USER:PASSWORD` or `giga-auth-TOKEN`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import get_args

from gigagate.settings import Login, Upstream, secret
from gigagate.settings.upstream import Scope

LoginAndUpstream = tuple[Login, Upstream]


def read(key: str, upstream: Upstream) -> LoginAndUpstream:
    """Raises ValueError, whose text tells what is wrong and shows nothing of the key."""
    for prefix, reader in _KINDS.items():
        if key.startswith(prefix):
            return reader(key.removeprefix(prefix), upstream)
    return Login(authorization_key=secret.authorization_key(key)), upstream


def _credentials(text: str, upstream: Upstream) -> LoginAndUpstream:
    key, _, scope = text.partition(":")
    scopes = {name: name for name in get_args(Scope)}
    if scope:
        if scope not in scopes:
            raise ValueError(f"behind giga-cred-KEY: expected one of {', '.join(scopes)}")
        upstream = replace(upstream, scope=scopes[scope])
    return Login(authorization_key=secret.authorization_key(key)), upstream


def _user(text: str, upstream: Upstream) -> LoginAndUpstream:
    user, _, password = text.partition(":")
    if not user or not password:
        raise ValueError("expected giga-user-USER:PASSWORD")
    return Login(user=secret.user(user), password=secret.Secret(password)), upstream


def _token(text: str, upstream: Upstream) -> LoginAndUpstream:
    return Login(access_token=secret.access_token(text)), upstream


_KINDS: Mapping[str, Callable[[str, Upstream], LoginAndUpstream]] = {
    "giga-cred-": _credentials,
    "giga-user-": _user,
    "giga-auth-": _token,
}
