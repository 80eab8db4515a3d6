"""OAuth fails in every way there is: what passes is waited for, what lasts is said, no restart."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from tests.support.checkout import OTHER_KEY
from tests.support.dripping import Dripping
from tests.support.proxy import Proxy
from tests.support.waiting import until

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
SETTINGS = {"limits": {"slots": 10}, "deadlines": {"retry": 5}}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Proxy]]:
    folder = tmp_path_factory.mktemp("oauth")
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(config, state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, settings=SETTINGS) as proxy:
            yield emulator, proxy


@pytest.fixture
def emulator(served: tuple[Emulator, Proxy]) -> Emulator:
    """Whoever asks it next needs a new token."""
    emulator, _ = served
    emulator.faults.clear()
    emulator.switch(token_seconds=1800)
    emulator.revoke_tokens()
    return emulator


@pytest.fixture
def proxy(served: tuple[Emulator, Proxy], emulator: Emulator) -> Proxy:
    return served[1]


def chat(proxy: Proxy, **more: object) -> requests.Response:
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, timeout=40)


def until_served(proxy: Proxy) -> None:
    until(lambda: chat(proxy).status_code == 200, seconds=30)


def test_what_lasts_is_said_and_over_when_it_is_over(emulator: Emulator, proxy: Proxy) -> None:
    emulator.faults.add(path="/oauth", times=100, status=503, body="")
    answer = chat(proxy)
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "token_unavailable"
    assert "No access token from localhost: it answered HTTP 503" in answer.text
    assert int(answer.headers["retry-after"]) >= 1
    emulator.faults.clear()
    until_served(proxy)


def test_a_clock_that_is_wrong_is_said(emulator: Emulator, proxy: Proxy) -> None:
    emulator.switch(token_seconds=-100)
    answer = chat(proxy)
    assert answer.status_code == 502
    assert "Set the clock" in answer.json()["error"]["message"]
    emulator.switch(token_seconds=1800)
    until_served(proxy)


def test_tokens_shorter_than_our_margin_serve_nevertheless(
    emulator: Emulator, proxy: Proxy
) -> None:
    emulator.switch(token_seconds=3)
    before = emulator.oauth_calls
    for _ in range(40):
        assert chat(proxy).status_code == 200
    assert emulator.oauth_calls - before < 10


def test_a_running_stream_and_local_answers_do_not_wait_for_oauth(
    emulator: Emulator, proxy: Proxy
) -> None:
    assert chat(proxy).status_code == 200
    emulator.switch(chunk_delay=0.3, chunk_chars=4)
    with ThreadPoolExecutor(1) as threads:
        url = f"{proxy.base_url}/chat/completions"
        with requests.post(url, json=CHAT | {"stream": True}, stream=True, timeout=40) as streaming:
            lines = streaming.iter_lines()
            assert next(lines)
            emulator.switch(chunk_delay=0, chunk_chars=12)
            emulator.revoke_tokens()
            emulator.faults.add(path="/oauth", delay=4)
            waiting = threads.submit(chat, proxy)
            while len(emulator.faults):
                time.sleep(0.01)
            assert requests.get(f"{proxy.url}/health", timeout=5).status_code == 200
            assert list(lines)[-2:] == [b"data: [DONE]", b""]
            assert not waiting.done()
        assert waiting.result().status_code == 200


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        ({"GIGACHAT_AUTH_KEY": OTHER_KEY}, "Fix GIGACHAT_AUTH_KEY on the proxy"),
        ({"GIGACHAT_SCOPE": "GIGACHAT_API_CORP"}, "Set GIGACHAT_SCOPE on the proxy to"),
    ],
)
def test_a_wrong_key_or_scope_is_said_at_once(
    emulator: Emulator, tmp_path: Path, environment: dict[str, str], advice: str
) -> None:
    with Proxy(emulator, tmp_path, environment=environment) as proxy:
        before = emulator.oauth_calls
        answers = [chat(proxy) for _ in range(3)]
        said = [line for line in proxy.output().splitlines() if advice in line]
        assert len([line for line in said if "POST /v1" not in line]) == 1
    assert emulator.oauth_calls == before + 1
    for answer in answers:
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "upstream_credentials_rejected"
        assert advice in answer.json()["error"]["message"]
    assert OTHER_KEY not in proxy.output()


def test_oauth_that_drips_holds_nobody_past_the_deadline(
    emulator: Emulator, tmp_path: Path
) -> None:
    settings = {"deadlines": {"total": 3}, "limits": {"slots": 10}}
    with Dripping(b"HTTP/1.1 200 OK\r\nX-A: ", b"a") as oauth:
        environment = {"GIGACHAT_AUTH_URL": f"{oauth.url}/"}
        with Proxy(emulator, tmp_path, environment=environment, settings=settings) as proxy:
            with ThreadPoolExecutor(4) as threads:
                answers = list(threads.map(lambda _: chat(proxy), range(4)))
            assert requests.get(f"{proxy.url}/health", timeout=5).status_code == 200
    assert [answer.status_code for answer in answers] == [504] * 4
    assert "deadlines.total" in answers[0].json()["error"]["message"]
    assert oauth.came == 1


def test_oauth_that_is_down_at_the_start_is_waited_for(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults.add(path="/oauth", times=2, close="before")
    with Proxy(emulator, tmp_path, settings=SETTINGS) as proxy:
        assert chat(proxy).status_code == 200
