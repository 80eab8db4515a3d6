"""Of several credentials one that serves is enough; what is wrong with another stands beside it."""

import time
from pathlib import Path

import pytest
from tests.support.checkout import KEY, OTHER_KEY
from tests.support.hooks import runtime
from tests.support.told_credential import credential

from gigagate.accounts.account import Account
from gigagate.errors import UpstreamUnavailable
from gigagate.hooks.about import credentials, outages
from gigagate.hooks.about.readiness import Readiness
from gigagate.hooks.calls.outages import GIGACHAT
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime
from gigagate.settings import Secret
from gigagate.settings.upstream import OwnCredential

HOUR = 3600.0


@pytest.fixture
def two(tmp_path: Path) -> Runtime:
    keys = {"main": KEY, "team-b": OTHER_KEY}
    own = {name: OwnCredential(authorization_key=Secret(key)) for name, key in keys.items()}
    return runtime(tmp_path, authorization_key=None, credentials=own)


async def unasked(account: Account) -> object:
    raise AssertionError


def readiness(two: Runtime) -> Readiness:
    return Readiness(two, Traffic(), unasked)


def goes_away(account: Account, *, since: float) -> None:
    now = time.monotonic()
    failure = UpstreamUnavailable(f"{account.label} cannot be reached.", retry_after=60)
    account.outage.failed(failure, now, began=now - since, gives_up=True, deadline=5)


def test_an_outage_of_one_is_told_of_it_alone(two: Runtime) -> None:
    main, team_b = two.accounts.pool
    goes_away(main, since=HOUR)
    assert outages.told(two) == []
    assert not outages.away(two, GIGACHAT)
    assert readiness(two).problems() == []
    told, other = credentials.told(two.choices)
    assert told.keys() == other.keys() == credential().keys()
    assert (told["name"], told["usable"], told["problem"]) == (
        "main",
        False,
        "main cannot be reached.",
    )
    assert (other["usable"], other["problem"]) == (True, "")
    goes_away(team_b, since=2 * HOUR)
    (outage,) = outages.told(two)
    assert (outage["upstream"], outage["message"]) == (GIGACHAT, "team-b cannot be reached.")
    assert outages.away(two, GIGACHAT)
    first, second = readiness(two).problems()
    assert "main cannot be reached." in first
    assert "team-b cannot be reached." in second


def test_what_is_set_aside_is_told_with_its_reason(two: Runtime) -> None:
    main, team_b = two.accounts.pool
    two.choices.set_aside(main, "exhausted")
    two.choices.does_without(team_b, "GigaChat-2-Max")
    told, other = credentials.told(two.choices)
    assert told["problem"] == "The tokens paid for are used up."
    assert 0 < told["again_in_seconds"] <= 30
    assert other["lacks_models"] == ["GigaChat-2-Max"]
    assert readiness(two).problems() == []
    two.choices.set_aside(team_b, "failing")
    assert readiness(two).problems() == [
        "The credential main is set aside: The tokens paid for are used up.",
        "The credential team-b is set aside: GigaChat fails with it.",
    ]


def test_no_secret_is_told(two: Runtime) -> None:
    for key in (KEY, OTHER_KEY):
        assert key not in str(credentials.told(two.choices))
