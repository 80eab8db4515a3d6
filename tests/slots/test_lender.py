"""How many slots a process may use, with the store and without it."""

import pytest
from tests.support.stores import Clock

from gigagate.slots.lender import SETTLE, Lender
from gigagate.slots.store import SECONDS, Claim, Share


@pytest.fixture
def clock() -> Clock:
    return Clock()


def lender(clock: Clock, limit: int, share: Share | None) -> Lender:
    made = Lender(limit, clock)
    if share is not None:
        made.lent(share)
    return made


def alone(lender: Lender, in_use: int = 0) -> int:
    lender.unreachable()
    lender.go_alone(in_use)
    return lender.held


def test_what_is_lent_may_be_used_and_no_more_is_wanted_than_there_is(clock: Clock) -> None:
    made = Lender(3, clock)
    assert made.claim(0, 5) == Claim(0, 3, known=False)
    made.lent(Share(2, False, 0, 0, False))
    assert made.held == 2
    assert made.claim(2, 5) == Claim(2, 1, known=True)
    assert made.claim(0, 1) == Claim(2, 0, known=True)
    made.give_back(1)
    assert made.claim(1, 0) == Claim(1, 0, known=True)


def test_who_never_reached_the_store_has_the_whole_limit(clock: Clock) -> None:
    assert alone(lender(clock, 10, None)) == 10


@pytest.mark.parametrize(
    ("limit", "others", "part"), [(10, 0, 10), (10, 1, 5), (10, 2, 3), (2, 1, 1), (2, 2, 1)]
)
def test_alone_each_process_has_an_equal_part(
    clock: Clock, limit: int, others: int, part: int
) -> None:
    assert alone(lender(clock, limit, Share(0, False, others, 0, False))) == part


def test_a_part_that_others_still_held_is_used_when_they_must_have_noticed(clock: Clock) -> None:
    made = lender(clock, 2, Share(0, False, 1, 2, False))
    assert alone(made) == 0
    clock.now += SECONDS - 0.1
    assert alone(made) == 0
    clock.now += 0.2
    assert alone(made) == 1


def test_what_is_in_use_beyond_the_part_is_not_used_again(clock: Clock) -> None:
    made = lender(clock, 4, Share(4, False, 1, 0, False))
    assert alone(made, in_use=4) == 4
    assert alone(made, in_use=3) == 3
    assert alone(made, in_use=0) == 2


def test_a_store_that_forgot_lends_nothing_until_all_have_claimed_again(clock: Clock) -> None:
    made = lender(clock, 4, Share(1, False, 1, 1, False))
    made.lent(Share(0, True, 0, 0, False))
    assert made.claim(1, 5) == Claim(1, 0, known=True)
    clock.now += SETTLE - 0.1
    assert made.claim(1, 5).wanted == 0
    clock.now += 0.2
    assert made.claim(1, 5).wanted == 3


def test_slots_taken_beyond_the_limit_go_back_as_they_get_free(clock: Clock) -> None:
    assert lender(clock, 4, Share(1, False, 1, 4, False)).others_wait
    assert not lender(clock, 4, Share(1, False, 1, 3, False)).others_wait
    assert lender(clock, 4, Share(1, False, 1, 0, True)).others_wait
