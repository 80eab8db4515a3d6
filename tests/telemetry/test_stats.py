import sys
import threading

import pytest
from tests.support.finished import finished

from gigagate.core.notes import Note
from gigagate.core.pivot import Usage
from gigagate.errors import StoreError
from gigagate.telemetry.finished import cost
from gigagate.telemetry.stats import Counts, Stats
from gigagate.telemetry.summary import statistics


class MemoryStore:
    def __init__(self) -> None:
        self.counts: dict = {}
        self.broken = False

    def add(self, counts: Counts) -> None:
        if self.broken:
            raise StoreError("broken")
        for counter, value in counts.items():
            self.counts[counter] = self.counts.get(counter, 0) + value

    def load(self) -> Counts:
        return self.counts


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def stats(store: MemoryStore) -> Stats:
    return Stats(store)


def test_requests_are_summed(stats: Stats) -> None:
    stats.count(finished(retries=2, queue_seconds=0.25))
    stats.count(finished(error="internal_error", status=500, usage=None, roubles=0.0))
    sums = stats.summary()
    assert sums["requests"] == 2
    assert sums["errors"] == 1
    assert sums["retries"] == 2
    assert sums["queue_seconds"] == 0.25
    assert sums["messages"] == 6
    assert sums["messages_converted"] == 2
    assert sums["tokens_prompt"] == 1200
    assert sums["tokens_cached"] == 1000
    assert sums["tokens_completion"] == 45
    assert sums["roubles"] == 0.25


def test_requests_are_counted_by_the_api_they_speak(stats: Stats) -> None:
    for dialect in ("openai", "anthropic", "openai"):
        stats.count(finished(dialect=dialect))
    assert stats.summary()["dialects"] == {"anthropic": 1, "openai": 2}


def test_requests_are_counted_by_gigachats_api_that_was_asked(stats: Stats) -> None:
    for api in ("v1", "v2", "v1", ""):
        stats.count(finished(api=api))
    sums = stats.summary()
    assert sums["apis"] == {"v1": 2, "v2": 1}
    assert "GigaChat's APIs  v1: 2 requests, v2: 1 request" in statistics(sums)


def test_rewrites_are_counted_by_kind(stats: Stats) -> None:
    stats.count(finished(notes=(Note("tools", "a"), Note("tools", "b"), Note("model", "c"))))
    assert stats.summary()["rewrites"] == {"tools": 2, "model": 1}


def test_tokens_are_told_by_model_and_by_client(stats: Stats) -> None:
    stats.count(finished(client="anna"))
    stats.count(finished(client="boris", model="GigaChat-2-Pro", usage=Usage(10, 5, 0)))
    stats.count(finished(client="boris", model=None, usage=None))
    sums = stats.summary()
    assert sums["clients"]["anna"]["tokens_prompt"] == 1200
    assert sums["clients"]["boris"]["requests"] == 2
    assert sums["clients"]["boris"]["tokens_completion"] == 5
    assert sums["models"].keys() == {"GigaChat-2-Max", "GigaChat-2-Pro"}
    assert sums["models"]["GigaChat-2-Pro"]["tokens_prompt"] == 10


def test_what_is_saved_is_not_counted_twice(stats: Stats, store: MemoryStore) -> None:
    stats.count(finished())
    stats.save()
    stats.save()
    assert stats.summary()["requests"] == 1
    stats.count(finished())
    assert stats.summary()["requests"] == 2
    assert Stats(store).summary()["requests"] == 1, "the other has not saved its second"


def test_what_could_not_be_saved_is_saved_later(stats: Stats, store: MemoryStore) -> None:
    stats.count(finished())
    store.broken = True
    with pytest.raises(StoreError):
        stats.save()
    stats.count(finished())
    store.broken = False
    stats.save()
    assert Stats(store).summary()["requests"] == 2


def test_nothing_is_lost_that_is_counted_while_a_thread_saves(
    stats: Stats, store: MemoryStore
) -> None:
    ended, many = threading.Event(), 3000

    def save() -> None:
        while not ended.is_set():
            stats.save()

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    saver = threading.Thread(target=save)
    saver.start()
    try:
        for number in range(many):
            stats.count(finished(client=f"client {number % 50}"))
    finally:
        ended.set()
        saver.join()
        sys.setswitchinterval(usual)
    assert stats.summary()["requests"] == many


@pytest.mark.parametrize(
    ("usage", "roubles"),
    [
        (Usage(prompt=1_000_000, completion=0, cached=0), 650),
        (Usage(prompt=1_000_000, completion=0, cached=1_000_000), 0),
        (Usage(prompt=0, completion=2_000, cached=0), 1.3),
        (None, 0),
    ],
)
def test_cached_tokens_are_free(usage: Usage | None, roubles: float) -> None:
    assert cost(usage, 650) == pytest.approx(roubles)
