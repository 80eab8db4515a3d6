from pathlib import Path

import pytest

from gigagate.__main__ import main
from gigagate.cli import ENTRY
from gigagate.cli.serve import arguments, workers
from gigagate.errors import SettingsError

MODE = "reverse:https://api.giga.chat:443"
CONFDIR = f"confdir={Path('/state/mitmproxy')}"
OURS = {
    "listen_host": ["--listen-host", "127.0.0.1"],
    "listen_port": ["-p", "4000"],
    "confdir": ["--set", CONFDIR],
    "flow_detail": ["--set", "flow_detail=0"],
    "termlog_verbosity": ["--set", "termlog_verbosity=alert"],
}


def ours_without(*names: str) -> list[str]:
    return [word for name, words in OURS.items() if name not in names for word in words]


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ([], ["--mode", MODE, *ours_without()]),
        # A later flag wins over an earlier one.
        (["-p", "4100"], ["--mode", MODE, *ours_without(), "-p", "4100"]),
        # A flag wins over --set, so ours must go.
        (
            ["--set", "listen_port=4100"],
            ["--mode", MODE, *ours_without("listen_port"), "--set", "listen_port=4100"],
        ),
        (
            ["--set=confdir=/tmp"],
            ["--mode", MODE, *ours_without("confdir"), "--set=confdir=/tmp"],
        ),
        # mitmproxy's own way to say more or less.
        (["-q"], ["--mode", MODE, *ours_without("flow_detail", "termlog_verbosity"), "-q"]),
        (["-v"], ["--mode", MODE, *ours_without("flow_detail", "termlog_verbosity"), "-v"]),
        # Ours: rewrites, without mitmproxy's lines.
        (["--verbose"], ["--mode", MODE, *ours_without(), "--set", "gigachat_verbose=true"]),
        # The addon tells the user why another mode is not possible.
        (["-m", "regular"], [*ours_without(), "-m", "regular"]),
        (["--mode=regular"], [*ours_without(), "--mode=regular"]),
        (["-w", "a b", "~u chat"], ["--mode", MODE, *ours_without(), "-w", "a b", "~u chat"]),
    ],
)
def test_the_users_arguments_win(user: list[str], expected: list[str]) -> None:
    assert arguments(MODE, Path("/state"), user) == ["-s", str(ENTRY), *expected]


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


@pytest.mark.parametrize(
    ("word", "right"),
    [("--port", "-p 4100"), ("--port=4100", "-p 4100"), ("--host", "--listen-host 127.0.0.1")],
)
def test_options_of_other_servers_are_told_mitmproxys(word: str, right: str) -> None:
    with pytest.raises(SettingsError, match=right):
        arguments(MODE, Path("/state"), [word, "4100"])
