from dataclasses import replace

import pytest

from gigagate.cli.demo.client import Answer
from gigagate.cli.demo.requests import SCENES, Scene

PLAIN, STREAMED, CLINE = SCENES[:3]
USAGE = {"total_tokens": 3}


def right(scene: Scene) -> Answer:
    return Answer(200, scene.answer, finish_reason="stop", usage=USAGE, pieces=2, complete=True)


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
        (CLINE, {"usage": None}, "usage is missing"),
    ],
)
def test_a_wrong_answer_is_named(scene: Scene, wrong: dict[str, object], said: str) -> None:
    (problem,) = scene.problems(replace(right(scene), **wrong))  # type: ignore[arg-type]
    assert said in problem
