"""A goal says whether it is reached by the rounds' own ratios."""

import pytest
from tests.bench.goals import GOALS, Goal, rows
from tests.bench.growth import SERIES
from tests.bench.results import Circumstances, Results
from tests.bench.scenarios import METRICS

KNOWN = {metric.key for metric in METRICS} | {
    f"{scenario.name}.{field}"
    for series in SERIES.values()
    for scenario in series.scenarios.values()
    for field in series.y
}


def measured(**values: tuple[str, list[float]]) -> Results:
    results = Results(Circumstances("", 1, {}, "", ""))
    for target, (key, rounds) in values.items():
        for number, value in enumerate(rounds):
            results.add(target, key, number, value)
    return results


@pytest.mark.parametrize(
    ("goal", "value", "wanted", "shown", "reached"),
    [
        (Goal("", "a", 0.7, target="bare"), 0.7, "≤ ×0.70", "×0.70", True),
        (Goal("", "a", 0.7, target="bare"), 0.71, "≤ ×0.70", "×0.71", False),
        (Goal("", "a", 1.8, at_most=False, target="bare"), 1.79, "≥ ×1.80", "×1.79", False),
        (Goal("", "a", 1.15, other="b"), 1.1, "≤ ×1.15", "×1.10", True),
        (Goal("", "a", 85), 85.6, "≤ 85", "86", False),
        (Goal("", "a", 0.5), 0.5, "≤ 0.5", "0.50", True),
    ],
)
def test_a_goal(goal: Goal, value: float, wanted: str, shown: str, reached: bool) -> None:
    assert (goal.wanted(), goal.shown(value), goal.reached(value)) == (wanted, shown, reached)


def test_the_ratio_is_that_of_each_round() -> None:
    results = measured(gigagate=("a", [1.0, 4.0, 3.0]), bare=("a", [2.0, 4.0, 1.0]))
    assert Goal("", "a", 1, target="bare").measured(results) == 1.0
    assert Goal("", "a", 1).measured(results) == 3.0
    assert Goal("", "a", 1, target="absent").measured(results) is None
    assert Goal("", "b", 1).measured(results) is None


def test_goals_are_of_what_is_measured() -> None:
    assert {key for goal in GOALS for key in (goal.key, goal.other) if key} <= KNOWN
    assert rows(measured(gigagate=("start.seconds", [0.4]))) == [
        ["start to first answer, s", "≤ 0.5", "0.40", "yes"]
    ]
