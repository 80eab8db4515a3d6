"""Which of several credentials a request uses, on a clock that stands until it is moved."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.support.checkout import KEY
from tests.support.stores import Clock

from gigagate.accounts.account import Account, Accounts
from gigagate.accounts.pool import ASIDE, Pool
from gigagate.settings import Secret, Settings
from gigagate.settings.upstream import OwnCredential

CONVERSATIONS = 2000
MINUTE = 60


@pytest.fixture
def clock() -> Clock:
    return Clock()


def pool(folder: Path, clock: Clock, **credentials: dict[str, object]) -> Pool:
    of_names = {
        name: OwnCredential(authorization_key=Secret(KEY), slots=2, **options)  # type: ignore[arg-type]
        for name, options in credentials.items()
    }
    settings = Settings(credentials=of_names, state_dir=folder)
    return Pool(Accounts(settings, None, None).pool, clock)


def three(folder: Path, clock: Clock) -> tuple[Pool, list[Account]]:
    of_three = pool(folder, clock, first={}, second={}, third={})
    return of_three, list(of_three)


def names(accounts: Iterable[Account]) -> list[str]:
    return [one.label for one in accounts]


def test_without_weights_the_first_in_order_that_has_a_free_slot(
    tmp_path: Path, clock: Clock
) -> None:
    of_three, (first, second, third) = three(tmp_path, clock)
    assert of_three.choose("a", None) is first
    first.slots.in_use = 2
    assert of_three.choose("b", None) is second
    second.slots.in_use = third.slots.in_use = 2
    assert of_three.choose("c", None) is first, "all are busy: it waits for the first"
    first.slots.in_use = second.slots.in_use = third.slots.in_use = 0
    assert of_three.choose("b", None) is second, "a conversation stays where it was"


def test_weights_are_shares_of_conversations_and_every_process_chooses_alike(
    tmp_path: Path, clock: Clock
) -> None:
    options = {"large": {"weight": 3.0}, "small": {"weight": 1.0}, "unnamed": {}}
    one, other = (pool(tmp_path, clock, **options) for _ in range(2))
    conversations = [f"conversation {number}" for number in range(CONVERSATIONS)]
    chosen = names(one.choose(conversation, None) for conversation in conversations)
    assert chosen == names(other.choose(conversation, None) for conversation in conversations)
    share = {name: times / CONVERSATIONS for name, times in Counter(chosen).items()}
    assert share == {
        "large": pytest.approx(0.6, abs=0.05),
        "small": pytest.approx(0.2, abs=0.05),
        "unnamed": pytest.approx(0.2, abs=0.05),
    }


def test_with_weights_a_busy_one_is_passed_over(tmp_path: Path, clock: Clock) -> None:
    weighed = pool(tmp_path, clock, large={"weight": 1000.0}, small={"weight": 0.001})
    large, small = weighed
    assert weighed.choose("a", None) is large
    large.slots.in_use = 2
    assert weighed.choose("b", None) is small


def test_one_that_is_set_aside_is_used_again_within_a_minute(tmp_path: Path, clock: Clock) -> None:
    of_three, (first, second, _) = three(tmp_path, clock)
    told: list[None] = []
    of_three.on_set_aside = lambda: told.append(None)
    for _ in range(2):
        of_three.set_aside(first, "rejected")
    assert len(told) == 1, "one event, however many requests find it out"
    assert not of_three.is_usable(first)
    assert of_three.choose("a", None) is second
    assert ASIDE < MINUTE
    clock.now += ASIDE
    assert of_three.is_usable(first)
    assert of_three.choose("b", None) is first
    of_three.set_aside(first, "rejected")
    assert len(told) == 2


def test_all_set_aside_are_better_than_none(tmp_path: Path, clock: Clock) -> None:
    of_three, accounts = three(tmp_path, clock)
    for account in accounts:
        of_three.set_aside(account, "exhausted")
    assert of_three.choose("a", None) is accounts[0]
    assert of_three.another(accounts[:1], None, free=False) is None


def test_some_failures_in_a_row_are_an_outage_and_single_ones_are_not(
    tmp_path: Path, clock: Clock
) -> None:
    of_three, (first, *_) = three(tmp_path, clock)
    for _ in range(5):
        of_three.failed(first)
        clock.now += 8
    assert of_three.is_usable(first)
    of_three.failed(first)
    of_three.failed(first)
    assert not of_three.is_usable(first)


def test_a_model_that_one_does_without_says_nothing_of_the_others(
    tmp_path: Path, clock: Clock
) -> None:
    of_three, (first, second, _) = three(tmp_path, clock)
    of_three.does_without(first, "GigaChat-2-Max")
    assert of_three.choose("a", "GigaChat-2-Max") is second
    assert of_three.choose("b", "GigaChat-2") is first
    clock.now += ASIDE
    assert of_three.choose("c", "GigaChat-2-Max") is first


def test_each_serves_its_models(tmp_path: Path, clock: Clock) -> None:
    serving = pool(tmp_path, clock, lite={"models": ("gigachat-2",)}, max={"models": ("*-max",)})
    lite, of_max = serving
    assert serving.choose("a", "GigaChat-2") is lite
    assert serving.choose("b", "GigaChat-2-Max") is of_max
    assert serving.choose("c", "Embeddings") is lite, "nobody says so: the first is asked"
    assert serving.choose("d", None) is lite
    assert serving.another([of_max], "GigaChat-2-Max", free=False) is None


def test_another_is_one_with_a_free_slot_first(tmp_path: Path, clock: Clock) -> None:
    of_three, (first, second, third) = three(tmp_path, clock)
    second.slots.in_use = 2
    assert of_three.another([first], None, free=False) is third
    third.slots.in_use = 2
    assert of_three.another([first], None, free=False) is second
    assert of_three.another([first], None, free=True) is None
