"""People of a team: keys made and revoked while the proxy runs, budgets in each API's own form."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from tests.support import waiting
from tests.support.proxy import Proxy
from tests.support.valkey import Valkey

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

HELLO = [{"role": "user", "content": "Привет"}]
CHAT = {"model": "gigachat", "messages": HELLO}


OF_OPENAI = {"error": {"type": "rate_limit_error", "param": None, "code": "budget_exhausted"}}
OF_ANTHROPIC = {"type": "error", "error": {"type": "rate_limit_error"}}
RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo"}
OF_GOOGLE = {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [RETRY_INFO]}}
GOOGLE = {"contents": [{"role": "user", "parts": [{"text": "Привет"}]}]}
FORMS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("/v1/chat/completions", CHAT, OF_OPENAI),
    ("/v1/chat/completions", CHAT | {"stream": True}, OF_OPENAI),
    ("/v1/embeddings", {"model": "Embeddings", "input": "Привет"}, OF_OPENAI),
    ("/v1/responses", {"model": "gigachat", "input": "Привет"}, OF_OPENAI),
    ("/v1/messages", {"model": "claude", "max_tokens": 9, "messages": HELLO}, OF_ANTHROPIC),
    ("/v1beta/models/gemini:generateContent", GOOGLE, OF_GOOGLE),
    ("/v1beta/models/gemini:streamGenerateContent?alt=sse", GOOGLE, OF_GOOGLE),
]
"""Of each API: a request, and the error without its message and what is of this request only."""
LINK = re.compile(r"\((http[^)]+)\)")
LISTS = {
    "/v1/models": {},
    "/v1/model/info": {},
    "/v1/models?beta": {"Anthropic-Version": "2023-06-01"},
    "/v1beta/models": {"X-Goog-Api-Client": "genai-py"},
    "/codex/models": {},
}
"""Of each API: the path of the list of models, and headers by which its clients are known."""


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(config, state_dir=tmp_path / "emulator") as emulator:
        yield emulator


@pytest.fixture
def proxy(emulator: Emulator, tmp_path: Path) -> Iterator[Proxy]:
    settings = {"access": {"contact": "Anna of IT"}}
    with Proxy(emulator, tmp_path / "state", settings=settings) as proxy:
        yield proxy


def command(proxy: Proxy, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gigagate", "clients", *words],
        env=proxy.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def added(proxy: Proxy, name: str, *options: str) -> str:
    told = command(proxy, "add", name, *options, "--json")
    assert told.returncode == 0, told.stderr
    key: str = json.loads(told.stdout)["key"]
    asked_for_keys(proxy)
    waiting.until(lambda: chat(proxy, key, path="/models").status_code == 200, seconds=20)
    return key


def asked_for_keys(proxy: Proxy) -> None:
    """By every process: each connection reaches one of them by chance."""

    def asked() -> bool:
        return all(chat(proxy, "", path="/models").status_code == 401 for _ in range(16))

    waiting.until(asked, seconds=30)


def chat(proxy: Proxy, key: str, path: str = "/chat/completions", **body: object):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    url = proxy.base_url + path
    if path == "/models":
        return requests.get(url, headers=headers, timeout=30)
    return requests.post(url, json=CHAT | body, headers=headers, timeout=30)


def test_the_first_key_is_said_to_be_asked_of_everybody(proxy: Proxy) -> None:
    assert "ask everybody for a key" in command(proxy, "list").stdout
    assert "asks everybody for a key from now on" in command(proxy, "add", "anna").stdout
    assert "everybody" not in command(proxy, "add", "boris").stdout


def test_keys_are_made_changed_and_revoked_while_the_proxy_runs(proxy: Proxy) -> None:
    assert chat(proxy, "").status_code == 200, "nobody is asked for a key yet"
    key = added(proxy, "anna")
    assert chat(proxy, key).status_code == 200
    assert requests.get(proxy.url, timeout=10).status_code == 401
    again = json.loads(command(proxy, "rotate", "anna", "--json").stdout)["key"]
    waiting.until(lambda: chat(proxy, key).status_code == 401, seconds=20)
    assert chat(proxy, again).status_code == 200
    (row,) = json.loads(command(proxy, "list", "--json").stdout)
    assert row["name"] == "anna"
    assert row["usage"]["tokens_today"] > 0
    assert "anna" in command(proxy, "list").stdout
    drawn = chat(
        proxy,
        again,
        messages=[{"role": "user", "content": "Нарисуй кота"}],
        function_call="auto",
    )
    (picture,) = LINK.findall(drawn.json()["choices"][0]["message"]["content"])
    assert requests.get(picture, timeout=10).status_code == 200
    assert command(proxy, "revoke", "anna").returncode == 0
    waiting.until(lambda: chat(proxy, again).status_code == 401, seconds=20)
    assert chat(proxy, "").status_code == 401, "with the last client gone nobody comes in"
    refused = requests.get(picture, timeout=10)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "link_refused")
    assert command(proxy, "revoke", "nobody").returncode == 2
    assert key not in proxy.output()
    state = Path(proxy.environment["GIGAGATE_STATE_DIR"])
    for file in state.rglob("*"):
        assert not file.is_file() or key.encode() not in file.read_bytes()


def test_a_budget_that_is_used_up_is_told_in_each_api_s_form(proxy: Proxy) -> None:
    key = added(proxy, "anna", "--tokens-per-day", "1")
    assert chat(proxy, key).status_code == 200

    def exhausted() -> bool:
        return chat(proxy, key).status_code == 429

    waiting.until(exhausted, seconds=20)
    for path, body, form in FORMS:
        headers = {"Authorization": f"Bearer {key}"}
        refused = requests.post(proxy.url + path, json=body, headers=headers, timeout=30)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 86400
        told = refused.json()
        message = told["error"].pop("message")
        assert "The budget of anna is used up: 1 tokens a day." in message
        assert "Anna of IT can raise it." in message
        told.pop("request_id", None)
        for detail in told["error"].get("details", ()):
            assert detail.pop("retryDelay") == f"{refused.headers['Retry-After']}s"
        assert told == form
    assert chat(proxy, key, path="/models").status_code == 200


def test_models_and_the_last_day_are_kept_to(proxy: Proxy) -> None:
    key = added(proxy, "anna", "--models", "GigaChat-2")
    assert chat(proxy, key, model="GigaChat-2").status_code == 200
    refused = chat(proxy, key, model="GigaChat-2-Max")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "model_not_allowed")
    bearer = {"Authorization": f"Bearer {key}"}
    for path, headers in LISTS.items():
        listed = requests.get(proxy.url + path, headers=bearer | headers, timeout=20)
        assert listed.status_code == 200, listed.text
        assert "GigaChat-2" in listed.text
        assert "GigaChat-2-Max" not in listed.text, path
        assert "Embeddings" not in listed.text, path
    hidden = requests.get(f"{proxy.base_url}/models/GigaChat-2-Max", headers=bearer, timeout=20)
    assert (hidden.status_code, hidden.json()["error"]["code"]) == (404, "model_not_found")
    told = command(proxy, "add", "boris", "--expires", "2020-01-01", "--json")
    late = json.loads(told.stdout)["key"]
    waiting.until(lambda: "has expired" in chat(proxy, late).text, seconds=20)
    assert command(proxy, "add", "vera", "--expires", "soon").returncode == 2


def patient_chat(proxy: Proxy, key: str) -> requests.Response:
    """A worker that is starting says so, and to come again."""
    while (answer := chat(proxy, key)).status_code == 503:
        assert answer.json()["error"]["code"] == "not_ready"
    return answer


@pytest.mark.parametrize("where", ["four processes", "three machines and one Valkey"])
def test_a_budget_is_not_exceeded_by_more_than_what_runs_already(
    emulator: Emulator, tmp_path: Path, where: str
) -> None:
    with ExitStack() as stack:
        if where == "four processes":
            proxy = stack.enter_context(Proxy(emulator, tmp_path / "state", "--workers", "4"))
            proxies = [proxy]
        else:
            valkey = stack.enter_context(Valkey(tmp_path))
            environment = {"GIGAGATE_STORE": valkey.address}
            folders = [tmp_path / str(number) for number in range(3)]
            proxies = [Proxy(emulator, one, environment=environment) for one in folders]
            for proxy in proxies:
                stack.callback(proxy.stop)
                proxy.start()
            for proxy in proxies:
                proxy.wait_until_ready()
        key = added(proxies[0], "anna", "--tokens-per-day", "150", "--requests-per-minute", "1000")
        for proxy in proxies:
            asked_for_keys(proxy)
        at_once = 4
        with ThreadPoolExecutor(at_once) as pool:
            answers = list(
                pool.map(lambda n: patient_chat(proxies[n % len(proxies)], key), range(32))
            )
        used = [a.json()["usage"]["total_tokens"] for a in answers if a.status_code == 200]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert sum(used) >= 150
        # a finished request counts once its sum is in the store, a moment after its answer
        assert sum(used) < 150 + max(used) * at_once * 2
