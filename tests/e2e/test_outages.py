"""An outage is waited for once: then every request, whatever it speaks, is told of it at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.support.proxy import Proxy
from tests.support.waiting import until

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

SETTINGS = {"deadlines": {"retry": 3}}
MODEL = "GigaChat-2-Max"
HELLO = [{"role": "user", "content": "Привет"}]
CHAT = {"model": MODEL, "messages": HELLO}
REQUESTS: dict[str, dict[str, Any]] = {
    "/chat/completions": CHAT,
    "/responses": {"model": MODEL, "input": "Привет"},
    "/messages": CHAT | {"max_tokens": 100},
}

Pair = tuple[Emulator, Proxy]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(config, state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path, settings=SETTINGS) as proxy:
            yield emulator, proxy


def ask(proxy: Proxy, path: str = "/chat/completions", **more: object) -> requests.Response:
    return requests.post(proxy.base_url + path, json=REQUESTS[path] | more, timeout=60)


def until_known(proxy: Proxy) -> None:
    """Some seconds of failures are no outage yet."""
    first = ask(proxy)
    assert first.status_code == 503
    assert "at once" not in first.text
    until(lambda: "at once" in ask(proxy).text, seconds=40)


def told(proxy: Proxy) -> tuple[requests.Response, list[dict[str, Any]], list[str]]:
    """/ready, the outages of the status page, the metrics that tell of one."""
    state = requests.get(proxy.url, timeout=10).json()
    metrics = requests.get(f"{proxy.url}/metrics", timeout=10).text.splitlines()
    away = [line for line in metrics if line.partition(" ")[0].endswith("_away")]
    return requests.get(f"{proxy.url}/ready", timeout=10), state["outages"], away


@pytest.mark.parametrize(
    ("fault", "code", "name", "metric"),
    [
        ({"path": "/chat/completions"}, "upstream_unavailable", "GigaChat", "upstream"),
        ({"path": "/oauth"}, "token_unavailable", "OAuth", "oauth"),
    ],
)
def test_an_outage_is_known_told_and_over(
    pair: Pair, fault: dict[str, Any], code: str, name: str, metric: str
) -> None:
    emulator, proxy = pair
    emulator.faults.add(**fault, times=10_000, status=503, body="")
    until_known(proxy)
    for path in REQUESTS:
        for stream in (False, True):
            answer = ask(proxy, path, stream=stream)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) >= 1
            error = answer.json()["error"]
            assert error.get("code", code) == code
    assert "So it has been since 20" in answer.text
    ready, outages, away = told(proxy)
    assert ready.status_code == 503
    assert [outage["upstream"] for outage in outages] == [name]
    assert outages[0]["since"].endswith(" UTC")
    assert f"gigagate_{metric}_away 1.0" in away
    emulator.faults.clear()
    until(lambda: ask(proxy).status_code == 200, seconds=30)
    assert [ask(proxy, path).status_code for path in REQUESTS] == [200] * 3
    ready, outages, away = told(proxy)
    assert ready.status_code == 200
    assert outages == []
    assert all(line.endswith(" 0.0") for line in away)


def test_readiness_comes_back_although_nobody_sends_requests(pair: Pair) -> None:
    emulator, proxy = pair
    emulator.faults.add(path="/api/v1", times=10_000, status=503, body="")
    until_known(proxy)
    ready, _, _ = told(proxy)
    assert ready.status_code == 503
    assert "GigaChat is away since " in ready.json()["reasons"][0]
    emulator.faults.clear()
    until(lambda: requests.get(f"{proxy.url}/ready", timeout=10).status_code == 200, seconds=30)
    assert ask(proxy).status_code == 200
