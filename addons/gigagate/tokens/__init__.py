"""Access tokens: memory first, then the store all processes share, then OAuth, once for everybody.

token.py         the token
oauth.py         the call that fetches one
store.py         what a store can do: sqlite_store.py in a file, redis_store.py in a server
sealed_store.py  encrypts what goes into either
source.py        who asks whom, and when
"""

import hashlib
from pathlib import Path

from gigagate.core.key_owner import PROXY, KeyOwner
from gigagate.settings import Secret, Settings
from gigagate.store.redis_server import RedisServer
from gigagate.tokens.oauth import OAuthClient
from gigagate.tokens.redis_store import RedisTokenStore
from gigagate.tokens.sealed_store import SealedTokenStore
from gigagate.tokens.source import TokenSource
from gigagate.tokens.sqlite_store import SqliteTokenStore
from gigagate.tokens.store import TokenStore
from gigagate.tokens.token import AccessToken

__all__ = [
    "AccessToken",
    "OAuthClient",
    "RedisTokenStore",
    "SealedTokenStore",
    "SqliteTokenStore",
    "TokenSource",
    "TokenStore",
    "open_source",
    "open_store",
    "store_key",
]


def store_key(settings: Settings, key: Secret) -> str:
    """Names a credential in the store without telling it."""
    upstream = settings.upstream
    parts = (upstream.auth_url, upstream.scope, key.reveal())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


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
    key: Secret,
    ca_file: Path | None,
    server: RedisServer | None = None,
    owner: KeyOwner = PROXY,
) -> TokenSource:
    """`ca_file` is what trust.bundle returned."""
    return TokenSource(
        OAuthClient(settings.upstream, key, ca_file, owner=owner),
        open_store(settings, server),
        store_key(settings, key),
    )
