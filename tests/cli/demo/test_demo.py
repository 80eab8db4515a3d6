"""The demo as a person runs it: no key, no internet, nothing left behind."""

import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from tests.support.serving import serving

from gigagate import running
from gigagate.cli.demo import play
from gigagate.cli.demo.requests import SCENES
from gigagate.cli.demo.screen import Screen
from gigagate.emulator import EmulatorThread

ADDONS = Path(__file__).parents[3] / "addons"


def state_dir(tmp_path: Path) -> Path:
    """The user's, where `./run.sh status` looks."""
    return tmp_path.with_name(f"{tmp_path.name}-state")


@contextmanager
def demo(tmp_path: Path, *args: str) -> Iterator[subprocess.Popen[str]]:
    """Run with settings of the user's that would break it if they were used."""
    (tmp_path / "env").write_text("GIGACHAT_SCOPE=GIGACHAT_API_CORP\nGIGAGATE_CLIENT_KEYS=a:b\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "gigagate", "demo", *args],
        env={
            **os.environ,
            "PYTHONPATH": str(ADDONS),
            "PYTHONUNBUFFERED": "1",
            "GIGAGATE_ENV_FILE": str(tmp_path / "env"),
            "GIGAGATE_STATE_DIR": str(state_dir(tmp_path)),
            "GIGACHAT_CREDENTIALS": "not a key",
            "TMPDIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_once_shows_every_request_and_ends_with_0(tmp_path: Path) -> None:
    with demo(tmp_path, "--once") as process:
        shown, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert shown.count("✓ right") == len(SCENES)
    assert [scene.title for scene in SCENES if scene.title not in shown] == []
    assert "OpenAI Compatible" in shown
    for way in ("status", "web --emulator", "developers.sber.ru", "GIGACHAT_AUTH_KEY="):
        assert way in shown.partition("What next")[2]
    assert "\033[" not in shown
    assert [path.name for path in tmp_path.iterdir()] == ["env"]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_serves_until_a_signal_and_leaves_no_child(
    tmp_path: Path, with_signal: signal.Signals
) -> None:
    with demo(tmp_path) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "until Ctrl-C" in line:
                break
        users = state_dir(tmp_path)
        (one,) = running.find(users)
        assert requests.get(f"{one.url}/health", timeout=10).status_code == 200
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 1
        process.send_signal(with_signal)
        _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert not Path(f"/proc/{children[0]}").exists()
    assert running.find(users) == []


def test_a_taken_port_is_said_and_another_one_used(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 4000))
            taken.listen()
        except OSError:
            pass  # somebody else has taken it already
        with demo(tmp_path, "--once") as process:
            shown, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Port 4000 is taken" in shown
    assert "http://localhost:4000" not in shown


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_program_that_takes_the_port_in_between_is_not_taken_for_the_proxy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = HTTPServer(("127.0.0.1", 0), Healthy)
    port = somebody.server_port
    monkeypatch.setattr("gigagate.cli.demo.free_port", lambda: port)
    with EmulatorThread(state_dir=tmp_path) as emulator, serving(somebody):
        out = io.StringIO()
        assert play(Screen(out), emulator, tmp_path, True) == 1
    assert "did not start" in out.getvalue()
    assert f"127.0.0.1:{port}: address already in use" in out.getvalue()


def test_a_proxy_that_does_not_start_is_shown_and_ends_with_1(tmp_path: Path) -> None:
    emulator = SimpleNamespace(
        authorization_key="not a key",
        base_url="https://localhost:1/v1",
        auth_url="https://localhost:1/oauth",
        ca_file="",
    )
    out = io.StringIO()
    assert play(Screen(out), emulator, tmp_path, True) == 1  # type: ignore[arg-type]
    assert "did not start" in out.getvalue()
    assert "GIGACHAT_AUTH_KEY" in out.getvalue()
