"""What a start says of GigaChat by itself, and that nobody waits for it."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.checkout import OTHER_KEY
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.waiting import until

from gigagate.emulator import Emulator, EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
ON = {"check_at_start": True}


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        yield emulator


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where connections are taken and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def asked(proxy: Proxy, path: str) -> requests.Response:
    return requests.get(proxy.url + path, timeout=20)


def chat(proxy: Proxy) -> requests.Response:
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=60)


def test_a_key_that_is_accepted_is_said_so(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path, settings=ON) as proxy:
        until(lambda: "GigaChat accepts the key, " in proxy.output(), seconds=15)
        assert asked(proxy, "/ready").status_code == 200
        assert asked(proxy, "/").json()["problems"] == []


def test_an_old_token_of_the_store_is_no_reason_for_doubt(
    emulator: Emulator, tmp_path: Path
) -> None:
    with Proxy(emulator, tmp_path, settings=ON) as proxy:
        until(lambda: "accepts the key" in proxy.output(), seconds=15)
    emulator.revoke_tokens()
    with Proxy(emulator, tmp_path, settings=ON) as proxy:
        until(lambda: "accepts the key" in proxy.output(), seconds=15)


def test_a_rejected_key_is_an_error_at_once(emulator: Emulator, tmp_path: Path) -> None:
    settings = ON | {"log": {"format": "json"}}
    wrong = {"GIGACHAT_AUTH_KEY": OTHER_KEY}
    with Proxy(emulator, tmp_path, settings=settings, environment=wrong) as proxy:
        until(lambda: "Fix GIGACHAT_AUTH_KEY" in proxy.output(), seconds=15)
        told = [json.loads(line) for line in proxy.output().splitlines() if line[:1] == "{"]
        (rejected,) = [one for one in told if "Fix GIGACHAT_AUTH_KEY" in one["message"]]
        assert rejected["level"] == "error"
        (problem,) = asked(proxy, "/").json()["problems"]
        assert "Fix GIGACHAT_AUTH_KEY" in problem
        assert OTHER_KEY not in proxy.output()


def test_a_gigachat_that_is_away_is_told_with_the_time_since_when(
    emulator: Emulator, tmp_path: Path
) -> None:
    nowhere = {"GIGACHAT_BASE_URL": f"https://127.0.0.1:{free_port()}/v1"}
    settings = ON | {"deadlines": {"retry": 3}}
    with Proxy(emulator, tmp_path, environment=nowhere, settings=settings) as proxy:
        until(lambda: "GigaChat is away since" in proxy.output(), seconds=15)
        assert asked(proxy, "/health").status_code == 200
        not_ready = asked(proxy, "/ready")
        assert not_ready.status_code == 503
        assert "GigaChat is away since" in not_ready.json()["reasons"][0]
        assert chat(proxy).status_code == 503
        until(lambda: "POST /v1/chat/completions" in proxy.output(), seconds=15)
        log = proxy.output()
        assert log.count("GigaChat is away since") == 1, "not once an attempt"
        (line,) = [line for line in log.splitlines() if "POST /v1" in line]
        assert "upstream_unavailable" in line
        assert ": away since " in line
        assert "cannot be reached" in line
        shown = subprocess.run(
            [sys.executable, "-m", "gigagate", "status"],
            env=proxy.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert "problem    GigaChat is away since" in shown.stdout


def hang(proxy: Proxy) -> None:
    with contextlib.suppress(requests.ConnectionError):
        chat(proxy)


@pytest.mark.parametrize(
    ("name", "path", "told"),
    [
        ("GIGACHAT_AUTH_URL", "/oauth", "The server of access tokens"),
        ("GIGACHAT_BASE_URL", "/v1", "has not taken a connection for"),
    ],
)
def test_the_first_request_that_hangs_is_seen_while_it_hangs(
    emulator: Emulator, tmp_path: Path, silent: int, name: str, path: str, told: str
) -> None:
    """Without the question at the start, which would have found it out."""
    hanging = {name: f"https://127.0.0.1:{silent}{path}"}
    with Proxy(emulator, tmp_path, environment=hanging) as proxy:
        client = threading.Thread(target=hang, args=[proxy], daemon=True)
        client.start()
        until(lambda: any(told in one for one in asked(proxy, "/").json()["problems"]), seconds=15)
        assert any(told in one for one in asked(proxy, "/ready").json()["reasons"])
        proxy.stop(signal.SIGKILL)
        client.join()
