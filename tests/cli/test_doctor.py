"""Each check names what is wrong and what to do; nothing shown is a secret."""

import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.checkout import KEY, Checkout
from tests.support.ports import free_port
from tests.support.proxy import settings_environment

from gigagate import running
from gigagate.cli import doctor
from gigagate.cli.doctor import Examination, Finding
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread
from gigagate.running import Running


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with EmulatorThread(state_dir=tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


Load = Callable[..., Examination]


@pytest.fixture
def examine(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.setattr(doctor, "DEFAULT_PORT", free_port())

    def examine(**changes: str) -> Examination:
        environment = {
            name: value
            for name, value in settings_environment(emulator, tmp_path / "state").items()
            if name.startswith(("GIGA", "HOME"))
        }
        checkout = Checkout(tmp_path)
        return Examination(checkout.load(**environment | changes))

    return examine


def by_name(examination: Examination) -> dict[str, Finding]:
    return {finding.what: finding for finding in examination.findings()}


@pytest.mark.parametrize("codex", [True, False])
def test_all_is_well(
    examine: Load, codex: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    if codex:
        (tmp_path / ".codex").mkdir()
    found = by_name(examine())
    assert list(found) == [
        *("CA", "OAuth host", "GigaChat", "clock", "OAuth", "models", "store", "port"),
        *(["Codex"] if codex else []),
    ]
    assert [finding for finding in found.values() if finding.fine is False] == []
    assert "GigaChat-2-Max" in found["models"].told


@pytest.mark.parametrize(("mode", "told"), [(0o644, 1), (0o640, 0), (0o600, 0)])
def test_a_key_that_everybody_may_read_is_told(examine: Load, mode: int, told: int) -> None:
    settings = examine().settings
    (env_file,) = (file for file in settings.sources if file.name == ".env")
    env_file.touch()
    env_file.chmod(mode)
    found = [one for one in doctor.examine(lambda: settings) if ".env" in one.told]
    assert [one.fine for one in found] == [None] * told


def test_a_wrong_key_is_told_without_showing_it(examine: Load) -> None:
    found = by_name(examine(GIGACHAT_AUTH_KEY=KEY))
    assert found["OAuth"].fine is False
    assert "GIGACHAT_AUTH_KEY" in found["OAuth"].told
    assert KEY not in str(found)
    assert "models" not in found


def test_an_unknown_authority_is_told(examine: Load, tmp_path: Path) -> None:
    with EmulatorThread(state_dir=tmp_path / "other") as other:
        found = by_name(examine(GIGACHAT_CA_BUNDLE_FILE=str(other.ca_file)))
    assert found["GigaChat"].fine is False
    assert "GIGACHAT_CA_BUNDLE_FILE" in found["GigaChat"].told


def test_an_unreachable_host_is_told(examine: Load) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        found = by_name(examine(GIGACHAT_BASE_URL=f"https://localhost:{port}/v1"))
    assert found["GigaChat"].fine is False
    assert "cannot be reached" in found["GigaChat"].told


def test_switched_off_verification_is_red(examine: Load) -> None:
    found = by_name(examine(GIGACHAT_VERIFY_SSL_CERTS="false"))
    assert found["CA"].fine is False


def test_without_its_certificates_gigachat_is_not_asked(examine: Load, tmp_path: Path) -> None:
    examination = examine()
    (tmp_path / "none.pem").write_text("none")
    upstream = replace(examination.upstream, ca_bundle_file=tmp_path / "none.pem")
    found = by_name(Examination(replace(examination.settings, upstream=upstream)))
    assert (found["CA"].fine, found["GigaChat"].fine) == (False, None)
    assert "not asked" in found["GigaChat"].told


def test_a_default_model_that_gigachat_does_not_have_is_told(examine: Load) -> None:
    found = by_name(examine(GIGACHAT_MODEL="GigaChat-9"))
    assert found["models"].fine is False
    assert "GIGACHAT_MODEL" in found["models"].told


def test_a_store_that_cannot_be_written_is_told(examine: Load) -> None:
    examination = examine()
    (examination.settings.state_dir / "tokens.sqlite3").mkdir()
    found = examination.store()
    assert found.fine is False


def test_a_taken_port_is_told_unless_it_is_ours(
    examine: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setattr(doctor, "DEFAULT_PORT", other.getsockname()[1])
        examination = examine()
        assert examination.port().fine is False
        ours = Running(os.getpid(), "http://127.0.0.1:4000", 0.0, "k")
        running.announce(examination.settings.state_dir, ours)
        assert examination.port().fine is True


def test_codex_gets_its_lines_for_the_port_the_proxy_runs_on(examine: Load) -> None:
    examination = examine(GIGACHAT_MODEL="GigaChat-2-Pro")
    assert f'base_url = "http://localhost:{doctor.DEFAULT_PORT}/v1"' in examination.codex().told
    ours = Running(os.getpid(), "http://127.0.0.1:4123", 0.0, "k")
    running.announce(examination.settings.state_dir, ours)
    told = examination.codex().told
    config = tomllib.loads(told.partition("\n\n")[2])
    assert config["model"] == "GigaChat-2-Pro"
    provider = config["model_providers"][config["model_provider"]]
    assert provider["base_url"] == "http://127.0.0.1:4123/v1"
    assert provider["model_catalog_url"] == "http://127.0.0.1:4123/v1/codex/models"
    assert f"{provider['env_key']} from the environment (any text)" in told
    keys = examine(GIGAGATE_CLIENT_KEYS="anna:key-of-anna-0123456789")
    assert "a key of GIGAGATE_CLIENT_KEYS" in keys.codex().told


@pytest.mark.parametrize(
    ("date", "fine"),
    [("Thu, 01 Jan 2004 00:00:00 GMT", False), ("nonsense", None), ("", None)],
)
def test_the_clock_is_compared_with_the_servers(
    examine: Load, date: str, fine: bool | None
) -> None:
    assert examine().clock(date).fine is fine


def test_each_of_several_credentials_is_looked_at_and_named(
    examine: Load, emulator: Emulator, tmp_path: Path
) -> None:
    Checkout(tmp_path).write("config/gigachat.yaml", "credentials: {main: {}, team-b: {}}")
    found = by_name(
        examine(
            GIGACHAT_AUTH_KEY="",
            GIGACHAT_AUTH_KEY__MAIN=emulator.authorization_key,
            GIGACHAT_AUTH_KEY__TEAM_B=KEY,
        )
    )
    fine = {what: finding.fine for what, finding in found.items() if ": " in what}
    assert fine == {
        **dict.fromkeys(
            ("main: OAuth host", "main: GigaChat", "main: OAuth", "main: models"), True
        ),
        **dict.fromkeys(("team-b: OAuth host", "team-b: GigaChat"), True),
        "team-b: OAuth": False,
    }
    assert "GIGACHAT_AUTH_KEY__TEAM_B" in found["team-b: OAuth"].told
    assert KEY not in str(found)


def command(emulator: Emulator, folder: Path, *arguments: str, **environment: str):
    nothing = folder / "nothing"
    nothing.touch()
    files = {"GIGAGATE_ENV_FILE": str(nothing), "GIGAGATE_CONFIG": str(nothing)}
    return subprocess.run(
        [sys.executable, "-m", "gigagate", "doctor", *arguments],
        env=settings_environment(emulator, folder / "state") | files | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_exit_code_says_whether_the_proxy_would_work(
    emulator: Emulator, tmp_path: Path
) -> None:
    well = command(emulator, tmp_path, "--json")
    findings = json.loads(well.stdout)
    assert well.returncode == int(any(finding["fine"] is False for finding in findings))
    ill = command(emulator, tmp_path, GIGACHAT_AUTH_KEY=KEY)
    assert ill.returncode == 1
    assert "FAIL  OAuth" in ill.stdout
    for output in (well.stdout, ill.stdout, ill.stderr):
        assert KEY not in output
        assert emulator.authorization_key not in output


def test_wrong_settings_are_a_finding(emulator: Emulator, tmp_path: Path) -> None:
    ended = command(emulator, tmp_path, GIGACHAT_SCOPPE="x")
    assert ended.returncode == 1
    assert "FAIL  settings" in ended.stdout
    assert "GIGACHAT_SCOPE" in ended.stdout
