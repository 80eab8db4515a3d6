"""How GigaChat is, told in one colour: what is worst comes first."""

from typing import Any

import pytest

from gigagate.panel.health import Gone, Health, health

NOW = 1000.0
TOKEN = {"seconds_left": 1700, "last_error": None}
NONE = {"seconds_left": None, "last_error": None}
FINE = {"name": "a", "problem": ""}
BROKEN = {"name": "b", "problem": "refused"}
OUTAGE = {"seconds": 60, "message": "no answer"}


@pytest.mark.parametrize(
    ("changes", "reasons", "gone", "told"),
    [
        ({}, [], [], Health("good", "good")),
        ({"token": NONE}, [], [], Health("calm", "waiting")),
        ({"token": NONE}, ["No access token yet."], [], Health("calm", "waiting")),
        ({"token": NONE, "recent": [{"status": 200}]}, [], [], Health("good", "good")),
        ({"token": NONE, "recent": [{"status": 503}]}, [], [], Health("calm", "waiting")),
        ({"outages": [OUTAGE]}, ["x"], [], Health("warn", "away", 940, "no answer")),
        ({}, ["x"], [Gone(990, "no answer")], Health("warn", "away", 990, "no answer")),
        ({"credentials": [FINE, BROKEN]}, [], [], Health("warn", "partly", None, "b: refused")),
        ({"credentials": [BROKEN]}, [], [], Health("warn", "away", None, "refused")),
        ({"credentials": [BROKEN]}, ["x"], [], Health("bad", "trouble", None, "x")),
        (
            {"token": {"seconds_left": None, "last_error": "rejected"}},
            ["rejected"],
            [],
            Health("bad", "trouble", None, "rejected"),
        ),
    ],
)
def test_what_is_worst_is_told(
    changes: dict[str, Any], reasons: list[str], gone: list[Gone], told: Health
) -> None:
    state = {"outages": [], "credentials": [FINE], "token": TOKEN, "recent": []} | changes
    assert health(state, reasons, gone, NOW) == told
