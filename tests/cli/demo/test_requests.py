import json
from dataclasses import replace

import pytest

from gigagate.cli.demo.client import Heard
from gigagate.cli.demo.requests import SCENES, Scene

PLAIN, STREAMED, CLINE, TOOL = SCENES
USAGE = {"total_tokens": 3}


def right(scene: Scene) -> Heard:
    answer = Heard(200, scene.text, finish_reason="stop", usage=USAGE, pieces=2, complete=True)
    if scene.call:
        answer.finish_reason = "tool_calls"
        answer.tool, answer.arguments = scene.call[0], json.dumps(scene.call[1])
    return answer


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
def test_a_right_answer_has_no_problem(scene: Scene) -> None:
    assert scene.problems(right(scene)) == []


@pytest.mark.parametrize(
    ("scene", "wrong", "said"),
    [
        (PLAIN, {"status": 502, "error": "no"}, "status 502: no"),
        (PLAIN, {"text": "else"}, "byte for byte"),
        (STREAMED, {"finish_reason": None}, "finish_reason is None"),
        (STREAMED, {"complete": False}, "broke off"),
        (STREAMED, {"pieces": 1}, "one piece"),
        (TOOL, {"tool": "other"}, "the call is ('other'"),
        (CLINE, {"usage": None}, "usage is missing"),
    ],
)
def test_a_wrong_answer_is_named(scene: Scene, wrong: dict[str, object], said: str) -> None:
    (problem,) = scene.problems(replace(right(scene), **wrong))  # type: ignore[arg-type]
    assert said in problem
