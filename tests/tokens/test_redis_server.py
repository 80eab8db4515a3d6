"""A server that dies, hangs or refuses: what a proxy notices of it, and what its log says."""

import logging
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from tests.support.stores import Clock
from tests.support.valkey import Valkey

from gigagate.errors import SettingsError, StoreError
from gigagate.settings import Secret
from gigagate.store.redis_server import PAUSE, TIMEOUT, RedisServer
from gigagate.tokens import AccessToken, RedisTokenStore

TOKEN = AccessToken("token-1", 4_000_000_000.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(mortal: Valkey, clock: Clock) -> RedisServer:
    return RedisServer(Secret(mortal.address), clock)


def takes(work: Callable[[], object]) -> float:
    """Seconds until it fails."""
    start = time.monotonic()
    with pytest.raises(StoreError):
        work()
    return time.monotonic() - start


def test_one_warning_an_outage_and_back_by_itself(
    mortal: Valkey, server: RedisServer, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store = RedisTokenStore(server)
    store.save("key", TOKEN)
    with caplog.at_level(logging.INFO):
        mortal.kill()
        for _ in range(3):
            with pytest.raises(StoreError):
                store.load("key")
            clock.now += PAUSE
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        assert "goes on alone" in caplog.text
        assert server.outage.under_way
        mortal.start()
        assert store.load("key") is None
        store.save("key", TOKEN)
        assert store.acquire("key", "a", 20)
    assert len(caplog.records) == 2
    assert caplog.messages[-1] == f"The store {mortal.address} is back."
    assert not server.outage.under_way


def test_a_server_that_hangs_costs_one_timeout_and_then_nothing(
    mortal: Valkey, server: RedisServer, clock: Clock
) -> None:
    store = RedisTokenStore(server)
    store.save("key", TOKEN)
    mortal.freeze()
    assert takes(lambda: store.load("key")) < 2 * TIMEOUT + 0.5
    connected: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redis.Connection, "connect", lambda _: connected.append(1))
        patch.setattr(redis.Connection, "send_packed_command", lambda *_, **__: connected.append(1))
        for _ in range(100):
            with pytest.raises(StoreError):
                store.load("key")
    assert connected == []
    mortal.thaw()
    clock.now += PAUSE
    assert store.load("key") == TOKEN


def test_a_server_restarted_unnoticed_costs_no_failure(
    mortal: Valkey, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = RedisTokenStore(server)
    store.save("key", TOKEN)
    assert store.acquire("key", "a", 20)
    mortal.kill()
    mortal.start()
    assert store.load("key") is None
    assert store.acquire("key", "b", 20)
    assert caplog.records == []


def test_a_password_is_given_and_never_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Valkey(tmp_path, "--requirepass", "hunter2") as locked:
        right = f"valkey://:hunter2@127.0.0.1:{locked.port}/0"
        store = RedisTokenStore(RedisServer(Secret(right)))
        store.save("key", TOKEN)
        assert store.load("key") == TOKEN
        wrong = RedisServer(Secret(right.replace("hunter2", "hunter3")))
        with caplog.at_level(logging.INFO), pytest.raises(StoreError) as refused:
            RedisTokenStore(wrong).load("key")
    assert "refuses the user name or password" in refused.value.message
    for text in (caplog.text, refused.value.message):
        assert "hunter" not in text
        assert f"valkey://127.0.0.1:{locked.port}" in text


def test_a_server_that_refuses_to_write_is_an_outage(
    mortal: Valkey, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    client = redis.Redis.from_url(mortal.address)
    client.config_set("maxmemory", "1")
    client.close()
    with pytest.raises(StoreError, match="it answered"):
        RedisTokenStore(server).save("key", TOKEN)
    assert TOKEN.value not in caplog.text


def test_another_service_on_the_port_is_an_outage() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = Secret(f"redis://127.0.0.1:{listening.getsockname()[1]}")
        assert takes(lambda: RedisTokenStore(RedisServer(address)).load("key")) < 5


@pytest.mark.parametrize("address", ["redis://host:port", "redis://host/0?socket_timeout=x"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(SettingsError, match="GIGAGATE_STORE: expected an address"):
        RedisServer(Secret(address))
