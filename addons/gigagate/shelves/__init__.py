"""What an API's clients refer to later: kept for an hour, bounded, apart for each client.

store.py         what a place to keep things can do
memory.py        in this process alone
sqlite_store.py  in a file of the state directory, for the processes of one machine
redis_store.py   in a server, for many machines
sealed.py        encrypts what goes into the latter two
"""

import hashlib
import os

from gigagate.errors import SettingsError
from gigagate.files import link_key
from gigagate.running import WORKER
from gigagate.settings import Settings
from gigagate.shelves.memory import MemoryStore
from gigagate.shelves.redis_store import RedisShelfStore
from gigagate.shelves.sealed import SealedStore
from gigagate.shelves.sqlite_store import SqliteShelfStore
from gigagate.shelves.store import ShelfStore
from gigagate.store.redis_server import RedisServer

__all__ = ["MemoryStore", "SealedStore", "ShelfStore", "open_store", "secret"]


def secret(settings: Settings) -> bytes:
    """32 bytes that seal what is kept: of GIGAGATE_STORE_KEY, or of a file made for it.

    Raises SettingsError.
    """
    if settings.store_key is not None:
        return hashlib.sha256(b"shelves\0" + settings.store_key.reveal().encode()).digest()
    return link_key.load(settings.state_dir / "kept-responses.key")


def open_store(settings: Settings, server: RedisServer | None) -> ShelfStore | None:
    """None: nothing is kept.  Raises SettingsError."""
    place: str = settings.responses.store
    if place == "auto":
        place = "shared" if WORKER in os.environ else "memory"
    if place == "off":
        return None
    if place == "memory":
        return MemoryStore()
    if server is None:
        return SealedStore(
            SqliteShelfStore(settings.state_dir / "kept-responses.sqlite3"), secret(settings)
        )
    if settings.store_key is None:
        raise SettingsError(
            "responses.store is shared in a server (GIGAGATE_STORE), and what is kept there is "
            "sealed: give every proxy the same GIGAGATE_STORE_KEY"
        )
    return SealedStore(RedisShelfStore(server), secret(settings))
