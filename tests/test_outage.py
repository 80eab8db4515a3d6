"""When an upstream is known to be away, and who may ask it then: a table, on a jumping clock."""

from itertools import product

import pytest

from gigagate.errors import GigaGateError, UpstreamUnavailable
from gigagate.outage import (
    FORGOTTEN,
    LONGEST,
    NEXT,
    PAUSE,
    SHORTEST,
    SILENCE,
    OutageEvent,
    State,
    Switch,
)
from gigagate.retries import LONGEST_PAUSE

DEADLINE = 60.0
FAILURE = UpstreamUnavailable("GigaChat cannot be reached.")


def fails(
    switch: Switch,
    now: float,
    *,
    gives_up: bool = False,
    failure: GigaGateError = FAILURE,
    deadline: float = DEADLINE,
) -> None:
    switch.failed(failure, now, began=now, gives_up=gives_up, deadline=deadline)


def away(now: float = 1000.0) -> Switch:
    """Since then; the next probe may go PAUSE after it."""
    switch = Switch()
    fails(switch, now - DEADLINE)
    fails(switch, now, gives_up=True)
    assert switch.state is State.OPEN
    return switch


def test_the_table_knows_every_case() -> None:
    assert NEXT.keys() == set(product(State, OutageEvent))
    for (state, event), following in NEXT.items():
        if event is OutageEvent.ANSWERED:
            assert following is State.CLOSED
        if state is State.CLOSED and event is not OutageEvent.LASTED:
            assert following is State.CLOSED


def test_nothing_is_known_of_an_upstream_that_answers() -> None:
    switch = Switch()
    assert all(switch.goes(now) for now in (0, 0, 1))
    assert not switch.known


@pytest.mark.parametrize(
    ("failing_for", "gives_up", "known"),
    [
        (DEADLINE, False, False),
        (DEADLINE, True, True),
        (DEADLINE - LONGEST_PAUSE, True, True),
        (DEADLINE - LONGEST_PAUSE - 1, True, False),
        (0, True, False),
    ],
)
def test_it_is_away_when_a_request_gives_up_after_a_whole_deadline_of_failures(
    failing_for: float, gives_up: bool, known: bool
) -> None:
    switch = Switch()
    for passed in range(0, int(failing_for), 10):
        fails(switch, 1000 + passed)
        assert switch.goes(1000 + passed)
    fails(switch, 1000 + failing_for, gives_up=gives_up)
    assert switch.known is known
    assert switch.since == 1000


def test_one_answer_to_anybody_begins_the_count_anew() -> None:
    switch = Switch()
    fails(switch, 1000)
    switch.answered()
    fails(switch, 1060, gives_up=True)
    assert not switch.known
    assert switch.since == 1060


def test_an_old_failure_that_nobody_repeated_is_forgotten() -> None:
    switch = Switch()
    fails(switch, 1000)
    fails(switch, 1001 + FORGOTTEN, gives_up=True)
    assert not switch.known


def test_a_short_deadline_makes_no_outage_of_one_failure() -> None:
    switch = Switch()
    fails(switch, 1000, gives_up=True, deadline=0)
    assert not switch.known
    fails(switch, 1000 + SHORTEST, gives_up=True, deadline=0)
    assert switch.known


def test_a_slow_attempt_counts_from_its_beginning() -> None:
    switch = Switch()
    switch.failed(FAILURE, 1060, began=1000, gives_up=True, deadline=DEADLINE)
    assert switch.known


def test_one_probe_at_a_time_goes_out_after_a_pause() -> None:
    switch = away(1000)
    assert not switch.goes(1000)
    assert switch.wait(1000) == PAUSE
    assert not switch.goes(1000 + PAUSE - 1)
    assert switch.goes(1000 + PAUSE)
    assert switch.state is State.HALF_OPEN
    assert not switch.goes(1000 + PAUSE)
    fails(switch, 1000 + PAUSE + 1)
    assert switch.state is State.OPEN
    assert switch.wait(1000 + PAUSE + 1) == PAUSE
    assert switch.since == 1000 - DEADLINE


def test_a_probe_that_is_answered_ends_the_outage() -> None:
    switch = away(1000)
    assert switch.goes(1005)
    switch.answered()
    assert not switch.known
    assert switch.failure is None
    assert switch.goes(1005) and switch.goes(1005)


def test_a_probe_that_says_nothing_holds_nobody_up_for_long() -> None:
    switch = away(1000)
    assert switch.goes(1005)
    assert not switch.goes(1005 + SILENCE - 1)
    assert switch.goes(1005 + SILENCE)
    assert not switch.goes(1005 + SILENCE)


def test_an_answer_to_an_attempt_from_before_ends_it_too() -> None:
    switch = away()
    switch.answered()
    assert not switch.known


@pytest.mark.parametrize(("asked", "pause"), [(None, PAUSE), (1, PAUSE), (30, 30), (3600, LONGEST)])
def test_the_pause_is_as_long_as_the_upstream_asks_within_bounds(
    asked: int | None, pause: float
) -> None:
    switch = away(1000)
    assert switch.goes(1005)
    fails(switch, 1006, failure=UpstreamUnavailable("busy", retry_after=asked))
    assert switch.wait(1006) == pause


def test_a_machine_that_slept_for_a_day_probes_when_it_wakes() -> None:
    switch = away(1000)
    assert switch.goes(1000 + 86400)
    assert not switch.goes(1000 + 86400)
