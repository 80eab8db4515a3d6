"""What every store of slots promises."""

import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.stores import Place, RedisPlace, SqlitePlace
from tests.support.valkey import Valkey

from gigagate.slots.store import SECONDS, Claim, Share, SlotStore

FIRST = Claim(held=0, wanted=1, known=False)


def claim(held: int, wanted: int) -> Claim:
    return Claim(held, wanted, known=True)


@pytest.fixture
def open_store(place: Place) -> Callable[[], SlotStore]:
    return place.slots


@pytest.fixture
def store(open_store: Callable[[], SlotStore]) -> SlotStore:
    return open_store()


def test_a_limit_holds_over_all_processes(
    store: SlotStore, open_store: Callable[[], SlotStore]
) -> None:
    assert store.claim("key", "a", Claim(0, 5, False), 3).granted == 3
    assert open_store().claim("key", "b", FIRST, 3).granted == 0
    assert store.claim("key", "a", claim(2, 0), 3) == Share(0, False, 1, 0, True)
    assert open_store().claim("key", "b", claim(0, 1), 3) == Share(1, False, 1, 2, False)
    assert store.claim("key", "a", claim(2, 9), 3).granted == 0


def test_credentials_do_not_share_slots(store: SlotStore) -> None:
    assert store.claim("key", "a", FIRST, 1).granted == 1
    assert store.claim("other", "b", FIRST, 1).granted == 1


def test_a_process_that_leaves_gives_everything_back(store: SlotStore) -> None:
    store.claim("key", "a", Claim(0, 2, False), 2)
    store.leave("key", "a")
    assert store.claim("key", "b", Claim(0, 2, False), 2) == Share(2, False, 0, 0, False)


def test_a_process_that_dies_gives_everything_back_after_a_while(
    store: SlotStore, place: Place
) -> None:
    store.claim("key", "a", Claim(0, 2, False), 2)
    place.pass_time(SECONDS / 2)
    assert store.claim("key", "b", Claim(0, 2, False), 2).granted == 0
    place.pass_time(SECONDS * 0.6)
    assert store.claim("key", "b", claim(0, 2), 2) == Share(2, False, 0, 0, False)


def test_a_claim_made_again_lasts_longer(store: SlotStore, place: Place) -> None:
    store.claim("key", "a", Claim(0, 1, False), 1)
    for _ in range(3):
        place.pass_time(SECONDS * 0.7)
        assert not store.claim("key", "a", claim(1, 0), 1).forgotten
        assert store.claim("key", "b", Claim(0, 1, False), 1).granted == 0


def test_what_a_process_says_it_holds_counts_whatever_was_stored(store: SlotStore) -> None:
    store.claim("key", "a", Claim(0, 2, False), 2)
    assert store.claim("key", "a", claim(0, 0), 2).granted == 0, "its answer was lost, say"
    assert store.claim("key", "b", Claim(2, 0, False), 2) == Share(0, False, 1, 0, False)
    assert store.claim("key", "a", claim(1, 1), 2) == Share(0, False, 1, 2, False)


def test_a_claim_the_store_has_forgotten_gets_nothing_at_first(
    store: SlotStore, place: Place
) -> None:
    store.claim("key", "a", FIRST, 2)
    place.pass_time(SECONDS * 2)
    assert store.claim("key", "a", claim(1, 1), 2) == Share(0, True, 0, 0, False)
    assert store.claim("key", "a", claim(1, 1), 2) == Share(1, False, 0, 0, False)


def test_processes_take_turns(store: SlotStore) -> None:
    for owner, wanted in (("a", 1), ("b", 9), ("c", 9)):
        store.claim("key", owner, Claim(0, wanted, False), 1)
    served, holder = [], "a"
    for _ in range(6):
        assert store.claim("key", holder, claim(0, 9), 1).granted == 0, "others wait"
        grants = {owner: store.claim("key", owner, claim(0, 9), 1).granted for owner in "cba"}
        (holder,) = (owner for owner, granted in grants.items() if granted)
        served.append(holder)
    assert served == ["b", "c", "a", "b", "c", "a"]


def test_while_others_wait_nobody_gets_two_at_a_time(store: SlotStore) -> None:
    store.claim("key", "a", Claim(0, 4, False), 4)
    store.claim("key", "b", Claim(0, 4, False), 4)
    store.claim("key", "c", Claim(0, 1, False), 4)
    store.claim("key", "a", claim(0, 0), 4)
    assert store.claim("key", "b", claim(0, 4), 4).granted == 3
    assert store.claim("key", "c", claim(0, 1), 4).granted == 1


def test_many_threads_never_take_more_than_there_are(
    open_store: Callable[[], SlotStore],
) -> None:
    start = threading.Barrier(8)
    got: list[int] = []

    def race(owner: str) -> None:
        store = open_store()
        start.wait()
        got.append(store.claim("key", owner, Claim(0, 2, False), 5).granted)

    threads = [threading.Thread(target=race, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(got) <= 5
    assert max(got) <= 2


@pytest.mark.parametrize("seed", range(5))
def test_the_file_and_the_server_decide_alike(valkey: Valkey, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    server = RedisPlace(valkey.address)
    stores = SqlitePlace(tmp_path).slots(), server.slots()
    held = dict.fromkeys("abcd", 0)
    for _ in range(60):
        owner = chance.choice("abcd")
        keep = chance.randint(0, held[owner])
        asked = Claim(keep, chance.randint(0, 3), known=chance.random() < 0.9)
        one, other = (store.claim("key", owner, asked, 4) for store in stores)
        assert one == other
        held[owner] = keep + one.granted
        assert sum(held.values()) <= 4
    server.close()
