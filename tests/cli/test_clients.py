"""What is typed wrongly is refused in words, and adds nobody."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gigagate.cli.clients import main
from gigagate.errors import SettingsError

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The output of a command that went well."""
    monkeypatch.setenv("GIGAGATE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("GIGAGATE_CONFIG", str(tmp_path / "none.yaml"))
    monkeypatch.setenv("GIGAGATE_ENV_FILE", str(tmp_path / "none.env"))
    (tmp_path / "none.yaml").write_text("")
    (tmp_path / "none.env").write_text("")

    def command(*words: str) -> str:
        assert main("clients", list(words)) == 0
        return capsys.readouterr().out

    return command


def test_the_last_day_is_told_as_it_was_typed(run: Run) -> None:
    run("add", "anna", "--expires", "2027-12-31", "--models", "GigaChat-2, Embeddings")
    run("add", "boris", "--expires", "9999-12-31")
    told = run("list")
    assert "models GigaChat-2, Embeddings; until 2027-12-31" in told
    assert "until 9999-12-31" in told
    assert json.loads(run("list", "--json"))[0]["budget"]["models"] == ["GigaChat-2", "Embeddings"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--expires", "soon"], "'soon' is not a day, such as 2027-12-31"),
        (["--expires", "10000-01-01"], "is not a day"),
        (["--tokens-per-day", "1.5"], "'1.5' is not a whole number"),
        (["--roubles-per-month", "much"], "'much' is not a number"),
        (["--roubles-per-month", "nan"], "roubles_per_month: a number"),
        (["--requests-per-minute=-1"], "requests_per_minute: a number"),
        (["--tokens-per-day", "9" * 30], "tokens_per_day: a number"),
        (["--models", " , "], "models: a name is empty"),
    ],
    ids=str,
)
def test_a_budget_typed_wrongly_adds_nobody(
    run: Run, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    try:
        main("clients", ["add", "anna", *words])
    except SettingsError as error:
        assert why in error.message
    except SystemExit as error:
        assert error.code == 2
        assert why in capsys.readouterr().err
    else:
        pytest.fail("taken")
    assert json.loads(run("list", "--json")) == []
