import os
import re
from importlib import import_module
from pathlib import Path

import pytest

from gigagate import __version__
from gigagate.__main__ import VERBS, main


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_module(verb: str) -> None:
    assert callable(import_module(f"gigagate.cli.{VERBS[verb].module}").main)


@pytest.mark.parametrize("asked", [[], ["help"], ["--help"], ["-h"]])
def test_help_lists_every_verb(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert [verb for verb in (*VERBS, "setup", "test") if f"  {verb} " not in shown] == []


def test_a_misspelt_verb_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulater"]) == 2
    assert 'Did you mean "emulator"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("verb", "hint"),
    [("start", "./run.sh alone starts"), ("stop", "Ctrl-C"), ("logs", "./run.sh stats")],
)
def test_a_verb_of_other_programs_is_told_ours(
    verb: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb]) == 2
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize("asked", ["version", "--version", "-V"])
def test_the_version_is_ours(asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([asked]) == 0
    assert re.fullmatch(
        rf"GigaGate {re.escape(__version__)} \(mitmproxy [\d.]+, Python [\d.]+, \w+\)\n",
        capsys.readouterr().out,
    )


@pytest.mark.parametrize("verb", ["serve", "web", "console"])
def test_wrong_settings_are_one_line_and_exit_code_2(
    verb: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in os.environ:
        if name.startswith("GIGA"):
            monkeypatch.delenv(name)
    (tmp_path / "env").write_text("GIGACHAT_AUTH_KEI=x\n")
    monkeypatch.setenv("GIGAGATE_ENV_FILE", str(tmp_path / "env"))
    assert main([verb]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("gigagate: env:1: GIGACHAT_AUTH_KEI")
    assert "GIGACHAT_AUTH_KEY" in line


def test_ctrl_c_while_a_verb_is_imported_ends_it_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gigagate.__main__.import_module", interrupted)
    assert main(["serve"]) == 0
