from dataclasses import replace

import pytest
from mitmproxy.utils.emoji import emoji
from tests.views.test_answer import KNOWN

from gigagate.views import flow_line
from gigagate.views.facts import Attempt, Facts

ONE = replace(KNOWN, attempts=[Attempt(200, 0.1)])


def test_the_comment_is_short_and_says_it_all() -> None:
    assert flow_line.comment(ONE) == "GigaChat-2-Max 120(80 cached)→45 tok 1.5 s stop"
    assert flow_line.comment(KNOWN).endswith("stop 3 attempts")
    assert flow_line.comment(replace(ONE, client="anna")).endswith(" stop · anna")
    assert flow_line.comment(Facts()) == ""


def test_an_api_other_than_the_usual_one_is_named() -> None:
    assert flow_line.comment(replace(ONE, api="v2")).endswith(" stop API v2")


@pytest.mark.parametrize(
    ("facts", "mark"),
    [
        (ONE, ""),
        (replace(ONE, error="rate_limit_exceeded"), flow_line.ERROR),
        (replace(ONE, ending="Client disconnected"), flow_line.GONE),
        (KNOWN, flow_line.REPEATED),
        (replace(ONE, kinds=["model", "repair"]), flow_line.REWRITTEN),
        (replace(ONE, kinds=["model", "tools"]), ""),
    ],
)
def test_what_is_worth_a_look_is_marked(facts: Facts, mark: str) -> None:
    assert flow_line.mark(facts) == mark
    assert mark == "" or mark in emoji
