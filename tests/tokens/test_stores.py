"""What every token store promises, whatever keeps it, and encrypted too."""

import threading
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from tests.support.stores import Place

from gigagate.settings import Secret
from gigagate.tokens import AccessToken, SealedTokenStore, TokenStore

TOKEN = AccessToken("token-1", 4_000_000_000.25)
NEWER = AccessToken("token-2", 4_000_001_800.5)
STORE_KEY = Secret(Fernet.generate_key().decode())


@pytest.fixture(params=["plain", "sealed"])
def open_store(request: pytest.FixtureRequest, place: Place) -> Callable[[], TokenStore]:
    """Each call is another process's view of the same store."""
    if request.param == "plain":
        return place.tokens
    return lambda: SealedTokenStore(place.tokens(), STORE_KEY)


@pytest.fixture
def store(open_store: Callable[[], TokenStore]) -> TokenStore:
    return open_store()


def test_what_was_saved_is_loaded_by_everybody(
    store: TokenStore, open_store: Callable[[], TokenStore]
) -> None:
    assert store.load("key") is None
    store.save("key", TOKEN)
    assert open_store().load("key") == TOKEN
    store.save("key", NEWER)
    assert open_store().load("key") == NEWER


def test_credentials_do_not_share_tokens_or_leases(store: TokenStore) -> None:
    store.save("key", TOKEN)
    assert store.load("other") is None
    store.drop("other", TOKEN.value)
    assert store.load("key") == TOKEN
    assert store.acquire("key", "a", 20)
    assert store.acquire("other", "b", 20)


def test_only_the_token_named_is_dropped(store: TokenStore) -> None:
    store.save("key", NEWER)
    store.drop("key", TOKEN.value)
    assert store.load("key") == NEWER
    store.drop("key", NEWER.value)
    assert store.load("key") is None


def test_one_owner_holds_the_lease(store: TokenStore, open_store: Callable[[], TokenStore]) -> None:
    other = open_store()
    assert store.acquire("key", "a", 20)
    assert not other.acquire("key", "b", 20)
    assert store.acquire("key", "a", 20)
    other.release("key", "b")
    assert not other.acquire("key", "b", 20)
    store.release("key", "a")
    assert other.acquire("key", "b", 20)


def test_a_lease_runs_out(store: TokenStore, place: Place) -> None:
    assert store.acquire("key", "a", 200)
    place.pass_time(150)
    assert not store.acquire("key", "b", 200)
    place.pass_time(60)
    assert store.acquire("key", "b", 20)
    store.release("key", "a")
    assert not store.acquire("key", "c", 20)


def test_of_many_threads_one_gets_the_lease(open_store: Callable[[], TokenStore]) -> None:
    start = threading.Barrier(8)
    won: list[str] = []

    def race(owner: str) -> None:
        store = open_store()
        start.wait()
        if store.acquire("key", owner, 20):
            won.append(owner)

    threads = [threading.Thread(target=race, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
