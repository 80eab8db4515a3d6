"""The examples are short, say what they are for, and run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gigagate.cli import examples
from gigagate.cli.examples import Example
from gigagate.errors import SettingsError

ADDONS = Path(__file__).parents[2] / "addons"
FOUND = examples.found()

SAID = {
    "basic chat": "GigaChat-2-Max",
    "models": "gigachat-pro",
    "dialogue": "prompt tokens, 1",
    "token management": "Access token: valid for",
    "errors": "BadRequestError 400 invalid_request",
    "streaming": "tokens; the first after",
    "parameters": "радуги: красный\n",
    "load test": "all answered in",
    "tools": "the model calls weather(",
    "pictures": "Файлов вижу: 1",
    "structured output": "min",
    "embeddings": "3 vectors of 1024 numbers",
    "responses": "completed, refers to resp_",
    "anthropic": "the model calls weather({'city':",
    "gemini": "the SDK calls weather('",
}
"""Example -> what it says in front of the emulator."""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with examples._served(None) as url:
        yield url


def test_each_example_is_run_by_this_suite() -> None:
    assert [one.name for one in FOUND] == list(SAID)


@pytest.mark.parametrize("example", FOUND, ids=lambda one: one.name)
def test_an_example_runs(example: Example, base_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(example.file)],
        env={**os.environ, examples.URL: base_url, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert SAID[example.name] in done.stdout
    assert not re.search(r"эмулятор\..", done.stdout), "a line ends with its answer"


@pytest.mark.parametrize("example", FOUND, ids=lambda one: one.name)
def test_an_example_is_short_and_says_what_it_is_for(example: Example) -> None:
    assert example.title
    assert len(example.file.read_text().splitlines()) < 60


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["1"], ["basic chat"]),
        (["01"], ["basic chat"]),
        (["stream", "1", "streaming"], ["streaming", "basic chat"]),
        (["all"], list(SAID)),
    ],
)
def test_examples_are_chosen_by_number_and_name(words: list[str], names: list[str]) -> None:
    assert [one.name for one in examples.chosen(words, FOUND)] == names


def test_an_example_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match=r'no example "99".*--list'):
        examples.chosen(["99"], FOUND)


def command(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gigagate", "examples", *args],
        env={**os.environ, "PYTHONPATH": str(ADDONS)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_the_command_lists_them_and_runs_one() -> None:
    listed = command("--list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [
        str(one.number) for one in FOUND
    ]
    assert command().stdout == listed.stdout  # nobody is there to ask
    ran = command("1")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert SAID["basic chat"] in ran.stdout
    assert command("99").returncode == 2
