"""Who may be served from other machines, as a table; a start refused for it is in e2e."""

from pathlib import Path
from typing import Any

import pytest

from gigagate.errors import SettingsError
from gigagate.hooks.process.option_guard import check_listen_host
from gigagate.settings import Access, Secret, Settings

KEYS: dict[str, Any] = {"client_keys": {"anna": "a hash"}}
NAMES: dict[str, Any] = {"access": Access(hosts=("proxy.example.com",))}
PASSTHROUGH: dict[str, Any] = {"auth_mode": "passthrough"}


def check(host: str, given: dict[str, Any], *, clients: bool = False) -> None:
    settings = Settings(authorization_key=Secret("key"), state_dir=Path(), **given)
    check_listen_host(host, settings, clients=clients)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {},
            "GigaChat key to the network. Set GIGAGATE_CLIENT_KEYS and GIGAGATE_ALLOWED_HOSTS,",
        ),
        (KEYS, "Set GIGAGATE_ALLOWED_HOSTS,"),
        (NAMES, "Set GIGAGATE_CLIENT_KEYS,"),
        (NAMES | PASSTHROUGH, "open the status page to the network. Set GIGAGATE_CLIENT_KEYS,"),
    ],
    ids=["neither", "keys", "names", "names, each with a key of its own"],
)
@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.0.2.1", "proxy.example.com"])
def test_other_machines_are_not_served_without_both(
    host: str, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        check(host, given)
    assert said in refused.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_this_machine_needs_neither(host: str) -> None:
    check(host, {})


@pytest.mark.parametrize("host", ["", "0.0.0.0", "proxy.example.com"])
def test_with_both_anybody_is_served(host: str) -> None:
    check(host, KEYS | NAMES)
    check(host, NAMES, clients=True)
