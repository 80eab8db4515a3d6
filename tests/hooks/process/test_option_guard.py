"""What is not the user's to choose: who is served from other machines, and what opens the proxy."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import pytest
from mitmproxy import ctx, exceptions
from mitmproxy.test import taddons
from tests.support.hooks import runtime

from gigagate.errors import SettingsError
from gigagate.hooks.process.option_guard import OptionGuard, check_listen_host
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


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[OptionGuard]:
    """The guard of a proxy that runs, whose options a person may try to change."""
    guard = OptionGuard(runtime(tmp_path))
    with taddons.context() as context:
        context.options.add_option("web_debug", bool, False, "")
        context.options.add_option("web_host", str, "127.0.0.1", "")
        context.options.add_option("web_password", str, "", "")
        context.options.add_option("proxyauth", Optional[str], None, "")  # noqa: UP045 - mitmproxy's
        guard.runtime.ready = False
        known = context.options.keys()
        context.options.update(**{n: v for n, v in guard.forced.items() if n in known})
        mode = [guard.runtime.settings.upstream.mode]
        context.options.update(mode=mode, listen_host="127.0.0.1")
        guard.runtime.ready = True
        yield guard


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("ssl_insecure", False, "ssl_insecure cannot be changed"),
        ("http2", True, "http2 cannot be changed"),
        ("web_debug", True, "inside of this process"),
        ("proxyauth", "any", "GIGAGATE_CLIENT_KEYS"),
        ("mode", ["regular"], "the one mode GigaGate serves in"),
        ("mode", ["nonsense"], "--mode"),
        ("listen_host", "0.0.0.0", "would open your GigaChat key to the network"),
        ("web_host", "0.0.0.0", "behind a password printed in the log"),
    ],
)
def test_what_is_not_the_users_to_choose_cannot_be_changed(
    guard: OptionGuard, option: str, value: Any, said: str
) -> None:
    setattr(ctx.options, option, value)
    with pytest.raises(exceptions.OptionsError, match=said):
        guard.configure({option})


def test_other_options_are_the_users(guard: OptionGuard) -> None:
    ctx.options.web_password = "mine"
    guard.configure({"web_password", "listen_port"})
    ctx.options.web_host = "0.0.0.0"
    guard.configure({"web_host"})


def test_a_start_that_asks_for_them_is_refused(guard: OptionGuard) -> None:
    ctx.options.web_debug = True
    with pytest.raises(SettingsError, match="Start without web_debug"):
        guard.check_start()
