"""Access tokens: memory first, then the store all processes share, then OAuth, once for everybody.

token.py         the token
oauth.py         the call that fetches one; user_password.py the same for a user's password
ready.py         accounts without such a call: a ready token, a client certificate alone
store.py         what a store can do: sqlite_store.py in a file, redis_store.py in a server
sealed_store.py  encrypts what goes into either
source.py        who asks whom, and when
"""

from pathlib import Path

from gigagate.client_certificate import ClientCertificate
from gigagate.core.key_owner import OF_KINDS, KeyOwner
from gigagate.settings import Login, Settings, Upstream
from gigagate.store.redis_server import RedisServer
from gigagate.tokens.oauth import OAuthClient
from gigagate.tokens.ready import CertificateAlone, ReadyToken
from gigagate.tokens.redis_store import RedisTokenStore
from gigagate.tokens.sealed_store import SealedTokenStore
from gigagate.tokens.source import Tokens, TokenSource
from gigagate.tokens.sqlite_store import SqliteTokenStore
from gigagate.tokens.store import TokenStore
from gigagate.tokens.token import NO_TOKEN, AccessToken
from gigagate.tokens.user_password import UserPasswordClient

__all__ = [
    "NO_TOKEN",
    "AccessToken",
    "OAuthClient",
    "ReadyToken",
    "RedisTokenStore",
    "SealedTokenStore",
    "SqliteTokenStore",
    "TokenSource",
    "TokenStore",
    "Tokens",
    "oauth_client",
    "open_source",
    "open_store",
    "store_key",
]


def store_key(login: Login, upstream: Upstream) -> str:
    """Names a credential in the store without telling it."""
    return login.identity(upstream.auth_url, upstream.scope, upstream.base_url)


def open_store(settings: Settings, server: RedisServer | None) -> TokenStore:
    """In `server`, or in a file if there is none."""
    store: TokenStore = (
        RedisTokenStore(server)
        if server
        else SqliteTokenStore(settings.state_dir / "tokens.sqlite3")
    )
    return SealedTokenStore(store, settings.store_key)


def open_source(
    settings: Settings,
    login: Login,
    ca_file: Path | None,
    server: RedisServer | None = None,
    *,
    upstream: Upstream | None = None,
    owner: KeyOwner | None = None,
    certificate: ClientCertificate | None = None,
) -> Tokens:
    """`ca_file` is what trust.bundle returned; `upstream`: the settings' own, if none is given."""
    upstream = upstream or settings.upstream
    owner = owner or OF_KINDS[login.kind]
    fetched: Tokens | None = None
    if (client := oauth_client(login, upstream, ca_file, owner, certificate)) is not None:
        fetched = TokenSource(client, open_store(settings, server), store_key(login, upstream))
    if login.access_token is not None:
        return ReadyToken(login.access_token, owner, fetched)
    return fetched or CertificateAlone()


def oauth_client(
    login: Login,
    upstream: Upstream,
    ca_file: Path | None,
    owner: KeyOwner,
    certificate: ClientCertificate | None = None,
) -> OAuthClient | None:
    """What asks for tokens; None if none are asked for."""
    if login.authorization_key is not None:
        return OAuthClient(upstream, login.authorization_key, ca_file, owner=owner)
    if login.user is not None and login.password is not None:
        return UserPasswordClient(upstream, login.user, login.password, ca_file, owner, certificate)
    return None
