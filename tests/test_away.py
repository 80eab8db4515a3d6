import logging
import time

import pytest
from tests.support.stores import Clock

from gigagate.away import REMIND, Away


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def away(clock: Clock) -> Away:
    return Away("GigaChat", clock)


def test_many_failed_attempts_are_one_line_a_minute_and_one_at_the_end(
    away: Away, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    since = time.strftime("since %H:%M:%S", time.localtime(clock.now))
    for _ in range(100):
        away.failed("no route.")
    clock.now += REMIND
    for _ in range(100):
        away.failed("no route.")
    assert away.problem == f"GigaChat is away {since}: no route."
    clock.now += 15
    away.answered()
    away.answered()
    assert [record.message for record in caplog.records] == [
        f"GigaChat is away {since}: no route.",
        f"GigaChat is away {since}, 101 attempts: no route.",
        "GigaChat is back after 75 s, 200 failed",
    ]
    assert all(record.levelno == logging.WARNING for record in caplog.records)
    assert (away.problem, away.since_when) == (None, "")


def test_each_outage_is_told_of(away: Away, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        away.failed("no route.")
        away.answered()
    assert len(caplog.records) == 6


def test_a_clock_set_back_hides_nothing(
    away: Away, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    away.failed("no route.")
    clock.now -= 3600
    away.failed("no route.")
    assert len(caplog.records) == 2
    away.answered()
    assert "after 0 s" in caplog.records[-1].message
