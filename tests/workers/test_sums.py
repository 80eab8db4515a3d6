from typing import Any

import pytest
from tests.support.snapshots import NO_TOKEN, snapshot
from tests.support.told_credential import credential

from gigagate.workers import sums
from gigagate.workers.folder import Left

OWN = {
    "service": "GigaGate",
    "slots": 10,
    "in_progress": 0,
    "slots_in_use": 0,
    "queue_length": 0,
    "token": NO_TOKEN,
}


def test_metrics_of_the_living_of_the_dead_and_of_those_before_them() -> None:
    left = Left(
        living=[
            snapshot(requests=1, in_progress=2),
            snapshot(index=2, requests=10, in_progress=3, past=snapshot(requests=100).metrics),
        ],
        dead=[snapshot(index=3, requests=1000, in_progress=9)],
    )
    told = sums.metrics(left).decode().splitlines()
    assert "gigagate_requests_total 1111.0" in told
    assert "gigagate_requests_in_progress 5.0" in told


def test_the_state_adds_up_what_is_a_sum_and_mixes_the_last_requests() -> None:
    def asked(time: float) -> dict[str, float]:
        return {"time": time}

    left = Left(
        living=[
            snapshot(in_progress=2, recent=[asked(5), asked(1)]),
            snapshot(index=2, in_progress=3, recent=[asked(4)]),
        ],
        dead=[snapshot(index=3, in_progress=9, recent=[asked(3), asked(2)])],
    )
    told = sums.state(OWN, left, 3, most_recent=4)
    assert (told["in_progress"], told["slots_in_use"], told["slots"]) == (5, 2, 10)
    assert [request["time"] for request in told["recent"]] == [5, 4, 3, 2]
    assert told["workers"] == {"running": 2, "wanted": 3}


def test_an_outage_is_told_as_the_worker_that_knows_it_longest_does() -> None:
    def away(upstream: str, seconds: int) -> dict[str, object]:
        return {"upstream": upstream, "seconds": seconds}

    left = Left(
        living=[
            snapshot(outages=[away("OAuth", 3)]),
            snapshot(index=2, outages=[away("OAuth", 7), away("GigaChat", 1)]),
        ],
        dead=[snapshot(index=3, outages=[away("GigaChat", 99)])],
    )
    told = sums.state(OWN, left, 3, most_recent=4)["outages"]
    assert told == [away("GigaChat", 1), away("OAuth", 7)]


@pytest.mark.parametrize(
    ("others", "seconds_left", "last_error"),
    [
        ([], None, None),
        ([{"seconds_left": 1700, "oauth_calls": 1}], 1700, None),
        ([{"seconds_left": 60}, {"seconds_left": 1700}], 1700, None),
        ([{"last_error": "Rejected."}], None, "Rejected."),
        ([{"last_error": "Rejected."}, {"seconds_left": 0}], 0, None),
    ],
)
def test_the_token_told_is_the_best_that_a_worker_has(
    others: list[dict[str, Any]], seconds_left: int | None, last_error: str | None
) -> None:
    living = [snapshot(), *(snapshot(token=NO_TOKEN | token) for token in others)]
    told = sums.state(OWN, Left(living, []), 3, most_recent=4)["token"]
    assert (told["seconds_left"], told["last_error"]) == (seconds_left, last_error)
    assert told["oauth_calls"] == sum(token.get("oauth_calls", 0) for token in others)


def test_ready_if_no_worker_has_a_reason() -> None:
    told = sums.readiness(Left([snapshot()], [snapshot(index=2)]), 2, now=101.0)
    assert told == {"status": "ready", "workers": {"running": 1, "wanted": 2}}


def test_a_reason_names_its_worker() -> None:
    left = Left([snapshot(), snapshot(index=2, reasons=["No access token yet."])], [])
    told = sums.readiness(left, 2, now=101.0)
    assert told["status"] == "not ready"
    assert told["reasons"] == ["Worker 2: No access token yet."]


def test_one_that_lives_and_says_nothing_is_a_reason() -> None:
    left = Left([snapshot(made=107.0), snapshot(index=2, made=100.0)], [])
    (reason,) = sums.readiness(left, 2, now=108.0)["reasons"]
    assert reason == "Worker 2: It has not been heard of for 8 s."


def test_a_credential_is_told_once_and_its_slots_add_up() -> None:
    token = NO_TOKEN | {"seconds_left": 60, "expires_at": 50.0}
    one = credential(slots=2, slots_in_use=1, token=token)
    refused = {"usable": False, "problem": "refused", "token": NO_TOKEN}
    other = one | refused | {"queue_length": 3, "lacks_models": ["GigaChat-2"]}
    left = Left([snapshot(credentials=[one]), snapshot(credentials=[other])], [])
    (told,) = sums.state(OWN, left, 2, 10)["credentials"]
    assert told == one | {
        "usable": False,
        "problem": "refused",
        "slots_in_use": 2,
        "queue_length": 3,
        "lacks_models": ["GigaChat-2"],
    }
