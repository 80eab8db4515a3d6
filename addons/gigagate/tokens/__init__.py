"""Access tokens: memory first, then the store all processes share, then OAuth, once for everybody.

token.py         the token
oauth.py         the call that fetches one
store.py         what a store can do; sqlite_store.py is the one in a file
source.py        who asks whom, and when
"""

import hashlib
from pathlib import Path

from gigagate.settings import Settings
from gigagate.tokens.oauth import OAuthClient
from gigagate.tokens.source import TokenSource
from gigagate.tokens.sqlite_store import SqliteTokenStore
from gigagate.tokens.store import TokenStore
from gigagate.tokens.token import AccessToken

__all__ = [
    "AccessToken",
    "OAuthClient",
    "SqliteTokenStore",
    "TokenSource",
    "TokenStore",
    "open_source",
    "store_key",
]


def store_key(settings: Settings) -> str:
    """Names a credential in the store without telling it."""
    upstream = settings.upstream
    parts = (upstream.auth_url, upstream.scope, settings.authorization_key.reveal())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def open_source(settings: Settings, ca_file: Path | None) -> TokenSource:
    """`ca_file` is what trust.bundle returned."""
    return TokenSource(
        OAuthClient(settings.upstream, settings.authorization_key, ca_file),
        SqliteTokenStore(settings.state_dir / "tokens.sqlite3"),
        store_key(settings),
    )
