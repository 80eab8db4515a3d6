"""Tokens: fetched once, shared by processes, replaced unseen when GigaChat refuses one."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from tests.support import waiting
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


def oauth_calls(emulator: Emulator) -> int:
    return sum("oauth" in received.target for received in emulator.log)


def chat(proxy: Proxy, **more: object) -> requests.Response:
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, timeout=30)


def test_fifty_cold_requests_over_four_processes_make_one_oauth_call(tmp_path: Path) -> None:
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(state_dir=tmp_path / "emulator", config=config) as emulator:
        with ExitStack() as stack, ThreadPoolExecutor(50) as threads:
            proxies = [stack.enter_context(Proxy(emulator, tmp_path)) for _ in range(4)]
            assert oauth_calls(emulator) == 0, "nobody has asked for a token yet"
            answers = list(threads.map(lambda i: chat(proxies[i % 4]), range(50)))
        assert [answer.status_code for answer in answers] == [200] * 50
        assert oauth_calls(emulator) == 1


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("tokens")
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder) as proxy:
            yield emulator, proxy


@pytest.mark.parametrize("stream", [False, True])
def test_a_revoked_token_is_replaced_unseen(pair, stream: bool) -> None:
    emulator, proxy = pair
    assert chat(proxy).status_code == 200
    emulator.revoke_tokens()
    before = oauth_calls(emulator)
    answer = chat(proxy, stream=stream)
    assert answer.status_code == 200
    if stream:
        assert answer.text.endswith("data: [DONE]\n\n")
        assert "error" not in answer.text
    assert oauth_calls(emulator) == before + 1


def test_a_state_directory_that_was_tidied_up_costs_no_token(tmp_path: Path) -> None:
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path / "state") as proxy:
            (bundle,) = (tmp_path / "state").glob("ca-bundle-*.pem")
            bundle.unlink()
            waiting.until(bundle.exists, seconds=30)
            assert chat(proxy).status_code == 200


def test_fifty_requests_after_a_revocation_make_one_oauth_call(pair) -> None:
    emulator, proxy = pair
    assert chat(proxy).status_code == 200
    emulator.revoke_tokens()
    before = oauth_calls(emulator)
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: chat(proxy), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert oauth_calls(emulator) == before + 1


def test_a_token_refused_for_good_is_an_error_that_names_the_proxys_key(pair) -> None:
    emulator, proxy = pair
    refusal = '{"status":401,"message":"Unauthorized"}\n'
    for _ in range(2):
        emulator.faults.add(path="/chat/completions", status=401, body=refusal)
    answer = chat(proxy)
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert error["code"] == "upstream_credentials_rejected"
    assert "GIGACHAT_AUTH_KEY" in error["message"]
    assert chat(proxy).status_code == 200, "and the proxy recovers by itself"
