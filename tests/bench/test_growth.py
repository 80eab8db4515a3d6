"""The series ask for what their axes say."""

import json

import pytest
from tests.bench.growth import SERIES, size
from tests.bench.scenarios import SCENARIOS
from tests.bench.traffic import STREAMS


@pytest.mark.parametrize("translates", [False, True])
def test_bodies_have_the_size_on_the_axis(translates: bool) -> None:
    scenarios = SERIES["bodies"].scenarios
    assert {x: len(one.body(translates)) for x, one in scenarios.items()} == {
        x: x for x in scenarios
    }


@pytest.mark.parametrize("translates", [False, True])
def test_histories_have_the_messages_on_the_axis(translates: bool) -> None:
    for x, scenario in SERIES["messages"].scenarios.items():
        messages = json.loads(scenario.body(translates))["messages"]
        assert len(messages) == x
        assert messages[-1]["role"] == "user"


def test_open_streams_are_paced_and_as_long_as_expected() -> None:
    for x, scenario in SERIES["streams"].scenarios.items():
        asked = STREAMS[json.loads(scenario.body(True))["max_tokens"]]
        assert (scenario.clients, scenario.chunks) == (x, asked.chunks)
        assert asked.pause > 0


def test_names_on_the_command_line_are_unique() -> None:
    assert not set(SERIES) & set(SCENARIOS)


@pytest.mark.parametrize(("count", "text"), [(1000, "1 KB"), (10_000_000, "10 MB")])
def test_size(count: int, text: str) -> None:
    assert size(count) == text
