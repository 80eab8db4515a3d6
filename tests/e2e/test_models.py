"""The list of models, which model a name means, and look-ups while GigaChat is busy or away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

ALIASES = ["gigachat", "gigachat-max", "gigachat-pro", "gigachat-lite"]
SETTINGS = {"models": {"table": {"GigaChat-3-Ultra": {"context_window": 261_120}}}}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("models")
    with EmulatorThread(EmulatorConfig(models="all"), state_dir=folder) as emulator:
        yield emulator


@pytest.fixture
def proxy(emulator: Emulator, tmp_path: Path) -> Iterator[Proxy]:
    """A new one knows no list yet."""
    emulator.log.clear()
    emulator.faults.clear()
    with Proxy(emulator, tmp_path, settings=SETTINGS) as proxy:
        yield proxy


def lists_asked(emulator: Emulator) -> int:
    return sum(received.path.endswith("/models") for received in emulator.log)


def names(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200
    return [model["id"] for model in answer.json()["data"]]


def get(proxy: Proxy, path: str) -> requests.Response:
    return requests.get(proxy.url + path, timeout=40)


def test_the_list_tells_what_models_can_and_is_asked_for_once(
    emulator: Emulator, proxy: Proxy
) -> None:
    listed = get(proxy, "/v1/models")
    assert names(listed)[:4] == ALIASES
    models = {model["id"]: model for model in listed.json()["data"]}
    assert models["GigaChat-2"]["context_window"] == 131_072
    assert models["GigaChat-2"]["supports_vision"] is False
    assert models["GigaChat-3-Ultra"]["context_window"] == 261_120
    for path in ("/model/info", "/v1/model/info"):
        infos: list[dict[str, Any]] = get(proxy, path).json()["data"]
        assert [info["model_name"] for info in infos] == list(models)
        ultra = next(info for info in infos if info["model_name"] == "GigaChat-3-Ultra")
        assert ultra["model_info"]["max_input_tokens"] == 261_120
    assert get(proxy, "/v1/models/gigachat-lite").json()["id"] == "gigachat-lite"
    claudes = {"anthropic-version": "2023-06-01"}
    url = f"{proxy.url}/v1/models/claude-gigachat-3-ultra"
    told = requests.get(url, headers=claudes, timeout=40).json()
    assert (told["id"], told["max_input_tokens"]) == ("claude-gigachat-3-ultra", 261_120)
    assert lists_asked(emulator) == 1


def test_a_list_is_told_while_gigachat_is_away(emulator: Emulator, proxy: Proxy) -> None:
    emulator.faults.add(path="/models", times=1000, status=503)
    assert names(get(proxy, "/v1/models")) == ALIASES
    assert lists_asked(emulator) > 1, "it was not repeated"
    assert get(proxy, "/v1/models/gigachat").json()["owned_by"] == "gigagate"
    assert get(proxy, "/v1/models/GigaChat-2").status_code == 503
    emulator.faults.clear()
    known = names(get(proxy, "/v1/models"))
    assert "GigaChat-3-Ultra" in known
    emulator.faults.add(path="/models", times=1000, status=503)
    assert names(get(proxy, "/v1/models")) == known


def test_what_has_no_list_to_tell_instead_is_an_error_within_seconds(
    emulator: Emulator, proxy: Proxy
) -> None:
    """Tokens and the balance have no list to tell instead: their error comes."""
    emulator.faults.add(path="/balance", times=1000, status=503)
    assert get(proxy, "/v1/balance").status_code == 503


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("gigachat-lite", "GigaChat-2"),
        ("claude-haiku-4-5", "GigaChat-2"),
        ("gpt-5", "GigaChat-2-Max"),
        ("gigachat-3-lightning", "GigaChat-3-Lightning"),
        ("GigaChat-3-Pro", "GigaChat-3-Pro"),
        ("GigaChat-2-Reasoning", "GigaChat-2-Reasoning"),
        ("GigaChat-3.5-Ultra-Reasoning", "GigaChat-3.5-Ultra-Reasoning"),
        ("gigachat-2-MAX-preview", "GigaChat-2-Max-preview"),
    ],
)
def test_a_name_reaches_gigachat_as_the_model_it_means(
    emulator: Emulator, shared: Proxy, asked: str, sent: str
) -> None:
    chat = {"model": asked, "messages": [{"role": "user", "content": "Привет"}]}
    answer = requests.post(f"{shared.base_url}/chat/completions", json=chat, timeout=40)
    assert answer.status_code == 200, answer.text
    assert emulator.log[-1].json["model"] == sent
    assert answer.json()["model"].partition(":")[0] == sent


@pytest.fixture(scope="module")
def shared(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    emulator.faults.clear()
    with Proxy(emulator, tmp_path_factory.mktemp("shared")) as proxy:
        yield proxy


def test_a_model_of_another_maker_passes_once_it_is_listed(
    emulator: Emulator, shared: Proxy
) -> None:
    """As behind a company's gateway."""
    chat = {"model": "GigaFilter", "messages": [{"role": "user", "content": "Привет"}]}
    url = f"{shared.base_url}/chat/completions"
    requests.post(url, json=chat, timeout=40)
    assert emulator.log[-1].json["model"] == "GigaChat-2-Max"
    assert "GigaFilter" in names(get(shared, "/v1/models"))
    requests.post(url, json=chat, timeout=40)
    assert emulator.log[-1].json["model"] == "GigaFilter"
