"""How long an answer is waited for: which deadline ends which kind of request."""

import pytest

from gigagate.patience import Patience
from gigagate.settings.schema import Deadlines

LIMITS = Deadlines()


def ends_at(patience: Patience, since: float, *, limits: Deadlines = LIMITS) -> tuple[float, str]:
    """Seconds from `since`, on a clock that jumps second by second, and the deadline's name."""
    for second in range(10_000):
        if late := patience.late(since + second, limits):
            return second, late.partition("(")[2].partition(")")[0]
    raise AssertionError("waited for ever")


def test_clients_wait_for_ten_minutes_and_so_do_the_defaults() -> None:
    assert (LIMITS.first_byte, LIMITS.idle, LIMITS.total) == (300, 300, 600)


def test_what_is_left_is_of_all_the_waiting_together() -> None:
    patience = Patience(1000, in_one_piece=False)
    assert (patience.left(1000, LIMITS), patience.left(1599, LIMITS)) == (600, 1)
    assert Patience(1000, in_one_piece=False, most=15).left(1010, LIMITS) == 5


@pytest.mark.parametrize("heard", [False, True])
def test_an_answer_in_one_piece_is_bounded_by_total_alone(heard: bool) -> None:
    patience = Patience(1000, in_one_piece=True)
    patience.sent(1000)
    if heard:
        patience.heard(1001)
    assert ends_at(patience, 1000) == (601, "deadlines.total")


def test_a_look_up_is_waited_for_seconds_and_not_longer_than_total() -> None:
    assert ends_at(Patience(1000, in_one_piece=True, most=15), 1000)[0] == 16
    brief = Deadlines(total=5)
    patience = Patience(1000, in_one_piece=True, most=15)
    assert ends_at(patience, 1000, limits=brief) == (6, "deadlines.total")


def test_a_stream_must_begin() -> None:
    patience = Patience(1000, in_one_piece=False)
    patience.sent(1100)
    assert ends_at(patience, 1100) == (301, "deadlines.first_byte")


def test_a_stream_must_go_on() -> None:
    patience = Patience(1000, in_one_piece=False)
    patience.sent(1000)
    patience.heard(1010)
    assert ends_at(patience, 1010) == (301, "deadlines.idle")


def test_every_attempt_has_its_own_first_byte_and_all_have_one_total() -> None:
    patience = Patience(1000, in_one_piece=False)
    patience.sent(1000)
    patience.heard(1001)
    patience.sent(1200)
    assert ends_at(patience, 1200) == (301, "deadlines.first_byte")
    patience.sent(1450)
    assert ends_at(patience, 1450) == (151, "deadlines.total")


def test_time_in_which_the_client_does_not_read_is_no_silence_of_gigachats() -> None:
    patience = Patience(1000, in_one_piece=False)
    patience.sent(1000)
    patience.heard(1000)
    for now in range(1000, 1400):
        patience.client_sleeps(now)
        assert patience.late(now, LIMITS) is None
    late = patience.late(1601, LIMITS)
    assert late == (
        "did not end its answer within 600 s (deadlines.total); "
        "for 399 s of them the client did not read"
    )


def test_a_client_that_sleeps_before_the_answer_does_not_keep_it_waited_for() -> None:
    patience = Patience(1000, in_one_piece=False)
    patience.sent(1000)
    for now in range(1000, 1301):
        patience.client_sleeps(now)
    assert patience.late(1301, LIMITS) is not None
