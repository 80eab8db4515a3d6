"""What every token store promises. A new store joins by one more fixture parameter."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gigagate.tokens import AccessToken, SqliteTokenStore, TokenStore

TOKEN = AccessToken("token-1", 1_700_000_000.25)
NEWER = AccessToken("token-2", 1_700_001_800.5)


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite"])
def open_store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> Callable[[], TokenStore]:
    """Each call is another process's view of the same store."""
    return {"sqlite": lambda: SqliteTokenStore(tmp_path / "tokens.sqlite3", clock)}[request.param]


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


def test_a_lease_runs_out(store: TokenStore, clock: Clock) -> None:
    assert store.acquire("key", "a", 20)
    clock.now += 19.9
    assert not store.acquire("key", "b", 20)
    clock.now += 0.2
    assert store.acquire("key", "b", 20)
    store.release("key", "a")
    assert not store.acquire("key", "c", 20)


def test_a_lease_given_while_another_process_waited_its_turn_is_not_taken_away(
    store: TokenStore, clock: Clock
) -> None:
    assert store.acquire("key", "a", 20)
    clock.now -= 1
    assert not store.acquire("key", "b", 20)


def test_a_clock_set_back_does_not_make_a_lease_last(store: TokenStore, clock: Clock) -> None:
    assert store.acquire("key", "a", 20)
    clock.now -= 3600
    assert store.acquire("key", "b", 20)


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
