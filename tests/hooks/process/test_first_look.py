"""Whoever starts the proxy is told at once whether GigaChat takes the key."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.support.hooks import runtime

from gigagate.errors import CredentialError, UpstreamProtocolError
from gigagate.hooks.process.first_look import FirstLook


class Question:
    def __init__(self, answer: Callable[[], list[str]]) -> None:
        self._answer = answer

    async def models(self, account: object) -> list[str]:
        return self._answer()


def raises(error: Exception) -> Callable[[], list[str]]:
    def answer() -> list[str]:
        raise error

    return answer


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda: ["a"], ["GigaChat accepts the key, 1 model"]),
        (lambda: ["a", "b"], ["GigaChat accepts the key, 2 models"]),
        (raises(CredentialError("told already")), []),
        (raises(UpstreamProtocolError("It fails.")), ["It fails."]),
        (raises(ValueError("x")), ["GigaChat was not asked"]),
    ],
    ids=["one", "two", "told where it was found out", "failed", "a fault of ours"],
)
async def test_what_is_told(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[], list[str]],
    told: list[str],
) -> None:
    caplog.set_level(logging.INFO)
    question: Any = Question(answer)
    first_look = FirstLook(runtime(tmp_path), question)
    first_look.running()
    assert first_look.looking is not None
    await first_look.looking
    ours = [one for one in caplog.records if one.name.startswith("gigagate.hooks.process")]
    assert [one.getMessage() for one in ours] == told


def test_nothing_is_asked_where_the_settings_say_so(tmp_path: Path) -> None:
    question: Any = Question(raises(AssertionError()))
    first_look = FirstLook(runtime(tmp_path, check_at_start=False), question)
    first_look.running()
    assert first_look.looking is None
