"""Ten clients and one GigaChat that takes two at a time: one client's flood starves nobody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from tests.support import waiting
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

NAMES = [f"client-{number}" for number in range(10)]
FLOOD = 50


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[tuple[Emulator, Proxy]]:
    keys = ",".join(f"{name}:key-of-{name}" for name in NAMES)
    config = EmulatorConfig(concurrency=2, first_token_delay=0.3)
    with (
        EmulatorThread(config, state_dir=tmp_path / "emulator") as emulator,
        Proxy(
            emulator,
            tmp_path / "state",
            environment={"GIGAGATE_CLIENT_KEYS": keys},
            settings={"limits": {"slots": 2}},
        ) as proxy,
    ):
        yield emulator, proxy


def chat(proxy: Proxy, name: str) -> int:
    answer = requests.post(
        f"{proxy.base_url}/chat/completions",
        json={"model": "gigachat", "messages": [{"role": "user", "content": name}]},
        headers={"Authorization": f"Bearer key-of-{name}"},
        timeout=60,
    )
    return answer.status_code


def queue_length(proxy: Proxy) -> int:
    headers = {"Accept": "application/json", "Authorization": f"Bearer key-of-{NAMES[0]}"}
    length: int = requests.get(proxy.url, headers=headers, timeout=10).json()["queue_length"]
    return length


def test_nine_clients_are_served_before_the_tenth_s_flood(crowded: tuple[Emulator, Proxy]) -> None:
    emulator, proxy = crowded
    first, *others = NAMES
    with ThreadPoolExecutor(FLOOD + 9) as pool:
        flood = [pool.submit(chat, proxy, first) for _ in range(FLOOD)]
        waiting.until(lambda: queue_length(proxy) >= FLOOD - 10, seconds=20)
        answers = [pool.submit(chat, proxy, name) for name in others]
        assert [answer.result() for answer in (*answers, *flood)] == [200] * (FLOOD + 9)
    asked = [one.json["messages"][-1]["content"] for one in emulator.log if "chat" in one.path]
    last = max(number for number, name in enumerate(asked) if name != first)
    began = min(number for number, name in enumerate(asked) if name != first)
    # from the first of the nine to the last, the flood has had its own turns and no more
    assert last - began + 1 <= 9 + 3
