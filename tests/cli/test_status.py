"""The verbs that ask a running proxy, against a running proxy."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from tests.support.proxy import Proxy

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

KEY = "key-of-anna-0123456789"
CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with EmulatorThread(state_dir=tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def proxy(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """One that asks for client keys: the command line has a key of its own."""
    keys = {"GIGAGATE_CLIENT_KEYS": f"anna:{KEY}"}
    with Proxy(emulator, tmp_path_factory.mktemp("state"), environment=keys) as proxy:
        bearer = {"Authorization": f"Bearer {KEY}"}
        url = f"{proxy.base_url}/chat/completions"
        assert requests.post(url, json=CHAT, headers=bearer, timeout=20).status_code == 200
        yield proxy


def run(proxy: Proxy, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gigagate", *arguments],
        env=proxy.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def told(proxy: Proxy, *arguments: str):
    ended = run(proxy, *arguments, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_status_finds_the_proxy_and_tells_its_state(proxy: Proxy) -> None:
    (state,) = told(proxy, "status")
    assert state["base_url"] == proxy.base_url
    assert state["token"]["seconds_left"] > 0
    assert state["recent"][0]["client"] == "anna"
    text = run(proxy, "status").stdout
    assert proxy.base_url in text
    assert "valid for" in text


@pytest.mark.parametrize("verb", ["status", "stats", "token"])
def test_who_asks_a_running_proxy_needs_no_key_of_gigachats(proxy: Proxy, verb: str) -> None:
    """The key of a service is where only the service reads it."""
    asker = Proxy.__new__(Proxy)
    asker.environment = {k: v for k, v in proxy.environment.items() if k != "GIGACHAT_AUTH_KEY"}
    ended = run(asker, verb)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "GIGACHAT_AUTH_KEY: not set" in run(asker, "models").stderr


def test_stats_are_told(proxy: Proxy) -> None:
    assert told(proxy, "stats")["clients"]["anna"]["requests"] == 1
    assert "1 request," in run(proxy, "stats").stdout


def test_the_token_is_told_about_and_renewed_but_never_shown(
    proxy: Proxy, emulator: Emulator
) -> None:
    (before,) = told(proxy, "token")
    (after,) = told(proxy, "token", "--refresh")
    assert after["oauth_calls"] == before["oauth_calls"] + 1
    assert after["expires_at"] > before["expires_at"]
    shown = run(proxy, "token").stdout
    assert "valid for" in shown
    used = [value for r in emulator.log for name, value in r.headers if "Bearer" in value]
    assert used
    assert not any(value.removeprefix("Bearer ") in shown for value in used)


def test_models_are_those_of_gigachat_and_our_names_for_them(proxy: Proxy) -> None:
    listed = told(proxy, "models")
    assert "GigaChat-2-Max" in listed["models"]
    assert listed["aliases"]["gigachat"] == "GigaChat-2-Max"
    assert "gigachat -> GigaChat-2-Max" in run(proxy, "models").stdout


def test_without_a_proxy_it_is_one_line_and_exit_code_1(proxy: Proxy, tmp_path: Path) -> None:
    nowhere = Proxy.__new__(Proxy)
    nowhere.environment = proxy.environment | {"GIGAGATE_STATE_DIR": str(tmp_path)}
    for verb in ("status", "stats", "token"):
        ended = run(nowhere, verb)
        assert ended.returncode == 1
        (line,) = ended.stderr.splitlines()
        assert "no proxy is running" in line
