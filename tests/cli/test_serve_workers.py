"""--workers on the command line; that it works is tests/e2e/test_workers.py."""

import pytest

from gigagate.__main__ import main
from gigagate.cli.serve import workers
from gigagate.errors import SettingsError


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], (1, [])),
        (["-p", "4100"], (1, ["-p", "4100"])),
        (["--workers", "1"], (1, [])),
        (["--workers", "4", "-p", "0"], (4, ["-p", "0"])),
        (["-p", "0", "--workers=4", "~u chat"], (4, ["-p", "0", "~u chat"])),
    ],
)
def test_the_number_is_taken_and_the_rest_stays(
    given: list[str], expected: tuple[int, list[str]]
) -> None:
    assert workers(given) == expected


@pytest.mark.parametrize("value", ["0", "-1", "x", "2.5", "", "²"])
def test_what_is_no_number_of_processes_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="--workers 4"):
        workers([f"--workers={value}"])


def test_a_number_that_is_missing_is_refused() -> None:
    with pytest.raises(SettingsError, match="--workers 4"):
        workers(["--workers"])


@pytest.mark.parametrize("verb", ["web", "console"])
def test_where_conversations_are_shown_it_is_refused(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--workers", "2"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--workers" in line
    assert f"./run.sh {verb}" in line
