"""Which failures are repeated, how often, and after how long."""

import pytest

from gigagate.errors import (
    CredentialsRejected,
    GigaGateError,
    UpstreamProtocolError,
    UpstreamRateLimited,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUntrusted,
)
from gigagate.retries import LONGEST_PAUSE, Retries


def pauses(failure: GigaGateError, *, seconds: float = 60, attempts: int = 50) -> list[float]:
    """The pauses granted when every attempt fails alike, with the longest random part."""
    retries = Retries(until=1000 + seconds, random_part=lambda: 1.0)
    now, granted = 1000.0, []
    for _ in range(attempts):
        pause = retries.pause(failure, now)
        if pause is None:
            return granted
        granted.append(pause)
        now += pause
    raise AssertionError("no end of retries")


REPEATED_UNTIL_THE_DEADLINE = [UpstreamRateLimited("busy"), UpstreamUnavailable("refused")]
REPEATED_ONCE = [
    UpstreamProtocolError("broke off"),
    UpstreamTimeout("slow"),
    GigaGateError("broken", status=500),
]
NEVER_REPEATED = [
    UpstreamRejected("wrong", status=400),
    UpstreamRejected("no money", status=402),
    CredentialsRejected("key"),
    UpstreamUntrusted("certificate"),
    UpstreamRejected("too long", status=422),
]


@pytest.mark.parametrize("failure", REPEATED_UNTIL_THE_DEADLINE)
def test_a_request_turned_away_is_repeated_until_the_deadline(failure: GigaGateError) -> None:
    granted = pauses(failure)
    assert granted[:5] == [0.5, 1, 2, 4, LONGEST_PAUSE]
    assert set(granted[5:]) == {LONGEST_PAUSE}
    assert sum(granted) < 60 <= sum(granted) + LONGEST_PAUSE


@pytest.mark.parametrize("failure", REPEATED_ONCE)
def test_a_request_perhaps_carried_out_is_repeated_once(failure: GigaGateError) -> None:
    assert len(pauses(failure)) == 1


@pytest.mark.parametrize("failure", NEVER_REPEATED)
def test_what_would_fail_again_is_not_repeated(failure: GigaGateError) -> None:
    assert pauses(failure) == []


def test_retry_after_is_obeyed_to_the_second() -> None:
    assert pauses(UpstreamRateLimited("busy", retry_after=20)) == [20, 20]


@pytest.mark.parametrize("asked", [0, 1])
def test_a_retry_after_of_nothing_is_no_loop_without_a_pause(asked: int) -> None:
    """0 stands for a date that has passed, too."""
    granted = pauses(UpstreamRateLimited("busy", retry_after=asked))
    assert granted[:5] == [max(asked, own) for own in (0.5, 1, 2, 4, LONGEST_PAUSE)]
    assert len(granted) < 15


def test_a_retry_after_beyond_the_deadline_goes_to_the_client_at_once() -> None:
    assert pauses(UpstreamRateLimited("busy", retry_after=90)) == []


def test_pauses_are_spread_at_random() -> None:
    parts = iter([0.25, 0.5])
    retries = Retries(until=100, random_part=lambda: next(parts))
    assert retries.pause(UpstreamRateLimited("busy"), 0) == 0.125
    assert retries.pause(UpstreamRateLimited("busy"), 0) == 0.5


def test_the_reasons_are_kept() -> None:
    retries = Retries(until=100)
    retries.pause(UpstreamRateLimited("busy"), 0)
    retries.pause(UpstreamProtocolError("broke off"), 0)
    retries.pause(UpstreamProtocolError("broke off"), 0)
    assert retries.reasons == ["rate_limit_exceeded", "upstream_protocol_error"]


def test_a_look_up_is_repeated_for_seconds_only() -> None:
    retries = Retries(until=1060, random_part=lambda: 1.0)
    retries.until(1005)
    retries.until(1030)
    assert retries.pause(UpstreamUnavailable("refused"), 1004) == 0.5
    assert retries.pause(UpstreamUnavailable("refused"), 1004.5) is None
