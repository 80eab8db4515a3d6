"""One suite for every store of what is kept: in memory, in a file, in a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.stores import Clock, Place, RedisPlace, SqlitePlace

from gigagate.shelves import MemoryStore, SealedStore, ShelfStore
from gigagate.shelves.store import SECONDS

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
MUCH = 1 << 20


class Kept:
    """Views of one store, and time to pass in it."""

    def __init__(self, place: Place | None) -> None:
        self.place = place
        self._clock = Clock()
        self._memory: MemoryStore | None = None

    def store(self, most_bytes: int = MUCH, key: bytes = KEY) -> ShelfStore:
        if self.place is not None:
            return SealedStore(self.place.texts(most_bytes), key)
        self._memory = self._memory or MemoryStore(most_bytes, self._clock)
        return self._memory

    def pass_time(self, seconds: float) -> None:
        self._clock.now += seconds
        if self.place is not None:
            self.place.pass_time(seconds)


@pytest.fixture(params=["memory", "sqlite", "redis"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "redis":
        place = RedisPlace(request.getfixturevalue("valkey").address)
        yield Kept(place)
        place.close()
    else:
        yield Kept(SqlitePlace(tmp_path) if request.param == "sqlite" else None)


def test_what_is_kept_is_its_owners(kept: Kept) -> None:
    kept.store().save("anna", "resp_1", "Привет".encode())
    assert kept.store().load("anna", "resp_1") == "Привет".encode()
    assert kept.store().load("boris", "resp_1") is None
    assert kept.store().load("anna", "resp_2") is None


def test_what_is_dropped_is_gone(kept: Kept) -> None:
    for content in (b"one", b"two"):
        kept.store().save("anna", "resp_1", content)
    assert kept.store().load("anna", "resp_1") == b"two"
    kept.store().drop("anna", "resp_1")
    kept.store().drop("anna", "resp_1")
    assert kept.store().load("anna", "resp_1") is None


def test_nothing_is_kept_for_longer_than_an_hour(kept: Kept) -> None:
    kept.store().save("anna", "resp_1", b"one")
    kept.pass_time(SECONDS - 60)
    assert kept.store().load("anna", "resp_1") == b"one"
    kept.pass_time(61)
    assert kept.store().load("anna", "resp_1") is None


def test_the_oldest_makes_room(kept: Kept) -> None:
    for number in range(5):
        kept.store(1200).save("anna", str(number), bytes(range(256)) + b"%d" % number)
    there = [kept.store().load("anna", str(number)) is not None for number in range(5)]
    assert there == sorted(there)
    assert any(there) and not all(there)


def test_what_lies_in_a_store_can_only_be_read_with_its_key(place: Place) -> None:
    texts = place.texts(MUCH)
    SealedStore(texts, KEY).save("anna", "resp_1", b"secret")
    assert SealedStore(texts, OTHER_KEY).load("anna", "resp_1") is None


def test_what_was_put_in_anothers_place_is_absent() -> None:
    class Texts(dict[str, str]):
        load = dict.get

        def save(self, key: str, text: str) -> None:
            self[key] = text

        def drop(self, key: str) -> None:
            del self[key]

    texts = Texts()
    store = SealedStore(texts, KEY)
    store.save("anna", "resp_1", b"secret")
    (sealed,) = texts.values()
    assert "secret" not in sealed and "anna" not in str(texts)
    store.save("boris", "resp_1", b"other")
    for key in texts:
        texts[key] = sealed
    assert store.load("boris", "resp_1") is None
    texts.update(dict.fromkeys(texts, "damaged"))
    assert store.load("anna", "resp_1") is None


def test_what_is_too_large_is_not_kept() -> None:
    store = MemoryStore(most_bytes=10)
    store.save("anna", "resp_1", b"x" * 11)
    assert (store.load("anna", "resp_1"), store.bytes) == (None, 0)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["anna", "boris"]),
            st.sampled_from(["one", "two", "three"]),
            st.integers(0, 120) | st.none(),
            st.floats(0, SECONDS),
        ),
        max_size=40,
    )
)
def test_memory_holds_no_more_than_its_bound_and_nothing_old(
    steps: list[tuple[str, str, int | None, float]],
) -> None:
    """A size of None drops it; then time passes."""
    clock = Clock()
    store = MemoryStore(most_bytes=100, clock=clock)
    saved: dict[tuple[str, str], tuple[float, bytes]] = {}
    for owner, name, size, seconds in steps:
        if size is None:
            store.drop(owner, name)
            saved.pop((owner, name), None)
        else:
            content = owner[:1].encode() * size
            store.save(owner, name, content)
            saved[owner, name] = (clock.now, content)
        assert store.bytes <= 100
        clock.now += seconds
        for (whose, what), (at, content) in saved.items():
            found = store.load(whose, what)
            assert found in (None, content)
            assert found is None or clock.now < at + SECONDS
        assert store.load("clara", name) is None
    clock.now += SECONDS
    assert store.load("anna", "one") is None
    assert store.bytes == 0
