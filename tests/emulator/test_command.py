"""`python -m gigagate.emulator` as a process: what it prints, and how it ends."""

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import httpx
import pytest

from gigagate.emulator import EmulatorThread
from gigagate.emulator.command import main

COMMAND = (sys.executable, "-m", "gigagate.emulator")
ADDONS = Path(__file__).parents[2] / "addons"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_with_0(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--no-tls", "--port", "0", "--switch", "models=all"],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(ADDONS), "PYTHONIOENCODING": "utf-8"},
    )
    try:
        assert process.stdout is not None
        shown: dict[str, str] = {}
        while "GIGACHAT_SCOPE" not in shown:
            name, _, value = process.stdout.readline().strip().partition("=")
            shown[name] = value
        headers = {
            "RqUID": str(uuid.uuid4()),
            "Authorization": f"Basic {shown['GIGACHAT_AUTH_KEY']}",
        }
        data = {"scope": shown["GIGACHAT_SCOPE"]}
        token = httpx.post(shown["GIGACHAT_AUTH_URL"], headers=headers, data=data).json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        url = f"{shown['GIGACHAT_BASE_URL']}/models/GigaChat"
        assert httpx.get(url, headers=headers).status_code == 200
        lines = [""]
        while "GET /api/v1/models/GigaChat  200" not in lines[-1]:  # it may come after the answer
            lines.append(process.stdout.readline())
            assert lines[-1], "the emulator has ended"
        process.send_signal(number)
        rest = "".join(lines) + process.communicate(timeout=20)[0]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert "POST /api/v2/oauth  200" in rest
    assert token["access_token"] not in rest


def test_with_tls_it_tells_the_ca_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with EmulatorThread(tls=False) as busy:
        assert main(["--port", str(busy.port), "--state-dir", str(tmp_path)]) == 1
    assert f"cannot listen on port {busy.port}" in capsys.readouterr().out
    assert (tmp_path / "emulator-ca.pem").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--switch", "models"], "--switch wants name=value"),
        (["--switch", "models=some"], "models is one of current, all"),
        (["--port", "99999"], "--port is a number up to 65535"),
        (["--config", "/nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_wrong_arguments_end_it_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().out


def test_help_lists_the_switches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "zero_temperature=refuse" in capsys.readouterr().out
