"""What an admin asks of clients is done as it was meant, or refused: no limit gets lost."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.hooks import runtime

from gigagate.clients import last_day
from gigagate.errors import InvalidRequest
from gigagate.hooks.panel.team import Team

BUDGET: dict[str, Any] = {
    "requests_per_minute": 3,
    "tokens_per_day": 10,
    "roubles_per_month": 1.5,
    "models": ["GigaChat-2*"],
    "expires": last_day.end_of(date(2100, 12, 31)),
}


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(runtime(tmp_path).settings)


def budget_of(team: Team, name: str) -> dict[str, Any]:
    (budget,) = (one["budget"] for one in team.told()["clients"] if one["name"] == name)
    return dict(budget)


def test_a_budget_is_kept_as_it_was_asked(team: Team) -> None:
    team.add({"name": "anna", "budget": BUDGET})
    kept = budget_of(team, "anna")
    assert kept.pop("last_day") == "2100-12-31"
    assert kept.pop("expires") == "2100-12-31T23:59:59+00:00"
    assert kept == {
        "requests_per_minute": 3,
        "tokens_per_day": 10,
        "roubles_per_month": 1.5,
        "models": ("GigaChat-2*",),
    }
    team.change({"name": "anna", "budget": {}})
    assert budget_of(team, "anna") == {}


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"name": "anna"},
        {"name": "anna", "budget": None},
        {"name": "anna", "tokens_per_day": 5},
        {"name": "anna", "budget": {}, "models": ["GigaChat-2"]},
        *(
            {"name": "anna", "budget": budget}
            for budget in (
                {"tokens_per_dya": 5},
                {"requests_per_minute": 0.5},
                {"tokens_per_day": True},
                {"tokens_per_day": -1},
                {"roubles_per_month": "5"},
                {"roubles_per_month": float("nan")},
                {"models": "GigaChat-2"},
                {"models": ["", " "]},
                {"models": [1]},
                {"expires": "2027-12-31"},
                {"expires": 1e14},
                [],
            )
        ),
    ],
    ids=str,
)
def test_a_change_that_is_asked_wrongly_changes_nothing(team: Team, wanted: dict[str, Any]) -> None:
    team.add({"name": "anna", "budget": {"tokens_per_day": 7}})
    with pytest.raises(InvalidRequest):
        team.change(wanted)
    assert budget_of(team, "anna") == {"tokens_per_day": 7}
    if wanted.get("budget") is not None:
        with pytest.raises(InvalidRequest):
            team.add(wanted | {"name": "boris"})
