"""Clients as people of a team: their keys, issued and revoked while the proxy runs, and budgets.

client.py        a client, its budget, and what it has used of it
last_day.py      the last day of a key, and the moment it ends
periods.py       minutes, days and months, in UTC: when a budget begins anew
registry.py      the API: list, add, revoke, rotate, usage; what ./run.sh clients and a panel call
ledger.py        one proxy's side: whose key it is, whether the budget lasts, what was spent
store.py         what a store can do: sqlite_store.py in files, redis_store.py in a server

Keys are kept as hashes, in the store that all processes and machines share.
"""

from gigagate.clients.client import Budget, Client, UsedSoFar
from gigagate.clients.ledger import Ledger
from gigagate.clients.redis_store import RedisClientStore
from gigagate.clients.registry import Clients
from gigagate.clients.sqlite_store import SqliteClientStore
from gigagate.clients.store import ClientStore
from gigagate.settings import Settings
from gigagate.store.redis_server import RedisServer

__all__ = ["Budget", "Client", "Clients", "Ledger", "UsedSoFar", "open_clients", "open_ledger"]


def open_store(settings: Settings, server: RedisServer | None) -> ClientStore:
    return RedisClientStore(server) if server else SqliteClientStore(settings.state_dir)


def open_clients(settings: Settings) -> Clients:
    """Raises SettingsError."""
    server = RedisServer(settings.store) if settings.store else None
    return Clients(open_store(settings, server), taken=frozenset(settings.client_keys.values()))


def open_ledger(settings: Settings, server: RedisServer | None) -> Ledger:
    return Ledger(open_store(settings, server), settings.state_dir)
