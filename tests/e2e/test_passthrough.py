"""Each client brings its own GigaChat key: its own account, token, limit and files."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from tests.support.mitmweb import Web, arguments
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.samples import data_url
from tests.support.waiting import until

from gigagate.emulator.config import Credential, EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

ANNA = Credential("anna-id", "secret-of-anna")
BORIS = Credential("boris-id", "secret-of-boris")
NOBODY = Credential("nobody-id", "secret-of-nobody")
LINK = re.compile(r"\((http://[^)]+)\)")
HELLO = [{"role": "user", "content": "Привет"}]
PICTURE = [
    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": data_url()}}]},
]


@dataclass
class Setup:
    emulator: Emulator
    proxy: Proxy
    folder: Path
    web: Web

    def chat(self, key: str, messages: object = HELLO, **body: object) -> requests.Response:
        return requests.post(
            f"{self.proxy.base_url}/chat/completions",
            json={"model": "gigachat", "messages": messages, **body},
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=30,
        )

    def seen(self, path: str) -> list[str | None]:
        return [one.header("authorization") for one in self.emulator.log if path in one.path]


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("passthrough")
    config = EmulatorConfig(credentials=(ANNA, BORIS))
    web_port = free_port()
    options = [*arguments(web_port), "-w", str(folder / "flows")]
    for option in (f"hardump={folder / 'flows.har'}", "termlog_verbosity=debug"):
        options += ["--set", option]
    environment = {"GIGAGATE_AUTH_MODE": "passthrough", "GIGACHAT_AUTH_KEY": ""}
    with (
        EmulatorThread(state_dir=tmp_path_factory.mktemp("emulator"), config=config) as emulator,
        Proxy(emulator, folder, *options, verb="web", environment=environment) as proxy,
    ):
        yield Setup(emulator, proxy, folder, Web(f"http://127.0.0.1:{web_port}"))


def test_the_proxy_is_ready_without_a_key_and_says_whose_are_used(setup: Setup) -> None:
    ready = requests.get(f"{setup.proxy.url}/ready", timeout=10)
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    state = requests.get(setup.proxy.url, headers={"Accept": "application/json"}, timeout=10)
    assert state.json()["auth_mode"] == "passthrough"
    assert state.json()["token"]["seconds_left"] is None
    for verb in ("status", "doctor"):
        told = command(setup, verb)
        assert "each client brings its own key" in told.stdout
    assert command(setup, "token", "--refresh").returncode == 1
    assert "each client brings its own key" in command(setup, "models").stderr


def command(setup: Setup, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gigagate", *words],
        env=setup.proxy.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_key_has_its_own_token_asked_for_once(setup: Setup) -> None:
    setup.emulator.log.clear()
    for _ in range(2):
        for credential in (ANNA, BORIS):
            assert setup.chat(credential.key).status_code == 200
    assert setup.seen("/oauth") == [f"Basic {ANNA.key}", f"Basic {BORIS.key}"]
    first, second, *again = setup.seen("/chat/completions")
    assert first != second
    assert again == [first, second]


def test_each_key_has_its_own_limit(setup: Setup) -> None:
    """GigaChat takes one request at a time of each: two of one follow each other."""
    setup.emulator.log.clear()
    setup.emulator.faults.add(path="/chat/completions", delay=0.5, times=4)
    with ThreadPoolExecutor(4) as pool:
        keys = (ANNA.key, ANNA.key, BORIS.key, BORIS.key)
        assert [a.status_code for a in pool.map(setup.chat, keys)] == [200] * 4
    chats = [one for one in setup.emulator.log if "/chat/completions" in one.path]
    assert [one.status for one in chats] == [200] * 4
    assert {one.header("authorization") for one in chats[:2]} == {
        one.header("authorization") for one in chats[2:]
    }


def test_each_key_has_its_own_files(setup: Setup) -> None:
    setup.emulator.log.clear()
    for credential in (ANNA, BORIS, ANNA):
        assert setup.chat(credential.key, PICTURE).status_code == 200
    uploads = [one for one in setup.emulator.log if one.path.endswith("/files")]
    assert len(uploads) == 2
    assert len({one.header("x-client-id") for one in uploads}) == 2
    assert len({one.header("authorization") for one in uploads}) == 2


def test_a_link_to_a_picture_is_fetched_with_its_owners_key(setup: Setup) -> None:
    drawing = [{"role": "user", "content": "Нарисуй кота"}]
    answer = setup.chat(ANNA.key, drawing, function_call="auto").json()
    (url,) = LINK.findall(answer["choices"][0]["message"]["content"])
    setup.emulator.log.clear()
    picture = requests.get(url, timeout=20)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    setup.chat(ANNA.key)
    assert len(set(setup.seen("/content") + setup.seen("/chat/completions"))) == 1
    unsigned = requests.get(url.partition("?")[0], timeout=20)
    assert (unsigned.status_code, unsigned.json()["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize("key", ["", "sk-1234567890", "id:secret", NOBODY.key[:-3]])
def test_what_is_no_key_of_gigachat_is_refused_at_once(setup: Setup, key: str) -> None:
    setup.emulator.log.clear()
    answer = setup.chat(key)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (401, "invalid_api_key")
    assert "your own GigaChat authorization key" in error["message"]
    assert list(setup.emulator.log) == []


def test_a_key_that_gigachat_refuses_is_the_clients_to_fix(setup: Setup) -> None:
    answer = setup.chat(NOBODY.key)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (401, "invalid_api_key")
    assert "Fix the API key of your client" in error["message"]
    assert "GIGACHAT_AUTH_KEY" not in error["message"]
    for other in (ANNA, BORIS):
        assert setup.chat(other.key).status_code == 200, "others are served as before"
    again = setup.chat(NOBODY.key).json()["error"]
    assert again["code"] == "invalid_api_key"
    metrics = requests.get(f"{setup.proxy.url}/metrics", timeout=10).text
    clients = {
        line.split('client="')[1].split('"')[0]
        for line in metrics.splitlines()
        if line.startswith("gigagate_requests_total")
    }
    assert len(clients) == 3, "anna, boris and all whom GigaChat does not know"


def test_x_api_key_will_do_and_a_token_taken_back_is_replaced(setup: Setup) -> None:
    setup.emulator.revoke_tokens()
    answer = requests.get(
        f"{setup.proxy.base_url}/models", headers={"x-api-key": BORIS.key}, timeout=20
    )
    assert answer.status_code == 200


def test_a_replayed_conversation_has_no_key(setup: Setup) -> None:
    assert setup.chat(ANNA.key).status_code == 200
    flow = setup.web.wait_for_flow(is_answered_chat)
    setup.emulator.log.clear()
    assert setup.web.replay(flow["id"])["response"]["status_code"] == 401
    assert b"A replayed conversation has no key" in setup.web.answer(flow["id"])
    assert list(setup.emulator.log) == []


def is_answered_chat(flow: dict) -> bool:
    answer = flow.get("response") or {}
    return "/chat/" in flow["request"]["path"] and answer.get("status_code") == 200


def test_no_key_is_found_in_anything_shown_or_saved(setup: Setup) -> None:
    """Last: what the tests above have left behind is searched too."""
    for credential in (ANNA, NOBODY, BORIS):
        setup.chat(credential.key, PICTURE, stream=True)
    contents = {
        "status": requests.get(setup.proxy.url, timeout=10).content,
        "stats": requests.get(f"{setup.proxy.url}/stats", timeout=10).content,
        "metrics": requests.get(f"{setup.proxy.url}/metrics", timeout=10).content,
        "mitmweb": json.dumps(setup.web.flows()).encode(),
    }
    setup.proxy.stop()
    contents |= {file.name: file.read_bytes() for file in setup.folder.rglob("*") if file.is_file()}
    assert {"flows", "flows.har", setup.proxy.log_file.name, "tokens.sqlite3"} <= contents.keys()
    for credential in (ANNA, BORIS, NOBODY):
        for secret in (credential.key, credential.client_secret, json.dumps(credential.key)):
            assert [n for n, c in contents.items() if secret.encode() in c] == []


def test_made_up_keys_count_against_the_address_they_come_from(
    setup: Setup, tmp_path: Path
) -> None:
    environment = {"GIGAGATE_AUTH_MODE": "passthrough", "GIGACHAT_AUTH_KEY": ANNA.key}
    limits = {"limits": {"requests_per_minute": 3}}
    with Proxy(setup.emulator, tmp_path, environment=environment, settings=limits) as proxy:
        until(lambda: "GIGACHAT_AUTH_KEY is not used" in proxy.output(), proxy.output, seconds=10)
        limited = Setup(setup.emulator, proxy, tmp_path, setup.web)
        keys = [Credential("made-up", str(number)).key for number in range(3)]
        assert [limited.chat(key).status_code for key in (*keys, ANNA.key)] == [401] * 3 + [429]
