"""Two credentials: whatever becomes of one, the other serves, and the first is used again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from tests.support import waiting
from tests.support.proxy import Proxy
from tests.support.samples import data_url

from gigagate.emulator import EmulatorConfig, EmulatorThread
from gigagate.emulator.config import Credential

CORP = Credential("corp-id", "corp-secret", "GIGACHAT_API_CORP")
OTHER = Credential("other-id", "other-secret", "GIGACHAT_API_CORP")
HUNDRED = 100


@dataclass
class Two:
    main: EmulatorThread
    reserve: EmulatorThread
    proxy: Proxy

    def chat(self, number: int = 0, **more: object) -> requests.Response:
        """Each number is a conversation of its own."""
        body = {
            "model": "GigaChat-2",
            "messages": [{"role": "user", "content": f"Вопрос {number}"}],
            "stream": number % 2 == 1,
        }
        url = f"{self.proxy.base_url}/chat/completions"
        return requests.post(url, json=body | more, timeout=60)

    def hundred(self) -> list[str]:
        """What those were told that have no whole answer."""
        with ThreadPoolExecutor(25) as pool:
            answers = list(pool.map(self.chat, range(HUNDRED)))
        return [f"{one.status_code} {one.text}" for one in answers if not whole(one)]

    def metric(self, name: str, **labels: str) -> float:
        text = requests.get(f"{self.proxy.url}/metrics", timeout=10).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )


def whole(answer: requests.Response) -> bool:
    if answer.status_code != 200:
        return False
    streamed = answer.headers["content-type"].startswith("text/event-stream")
    return answer.text.endswith("data: [DONE]\n\n") if streamed else True


def chats(emulator: EmulatorThread) -> list[int | None]:
    return [one.status for one in emulator.log if one.path.endswith("/chat/completions")]


def started(stack: ExitStack, folder: Path, *credentials: Credential) -> EmulatorThread:
    config = EmulatorConfig(credentials=credentials, concurrency=10)
    return stack.enter_context(EmulatorThread(config, state_dir=folder / "emulator"))


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with ExitStack() as stack:
        main, reserve = (started(stack, tmp_path, one) for one in (CORP, OTHER))
        settings = {
            "credentials": {
                name: {
                    "scope": "GIGACHAT_API_CORP",
                    "base_url": one.base_url,
                    "auth_url": one.auth_url,
                }
                for name, one in (("main", main), ("on-reserve", reserve))
            },
            "models": {"fallback": {"GigaChat-2-Max": ["GigaChat-2-Pro"]}},
        }
        environment = {
            "GIGACHAT_AUTH_KEY": "",
            "GIGACHAT_AUTH_KEY__MAIN": CORP.key,
            "GIGACHAT_AUTH_KEY__ON_RESERVE": OTHER.key,
        }
        proxy = Proxy(main, tmp_path / "state", environment=environment, settings=settings)
        yield Two(main, reserve, stack.enter_context(proxy))


def test_the_first_in_order_serves_and_a_conversation_stays(two: Two) -> None:
    assert all(whole(two.chat(number)) for number in (1, 2, 1, 1))
    assert (len(chats(two.main)), len(chats(two.reserve))) == (4, 0)


def test_a_429_moves_at_once_to_one_with_a_free_slot(two: Two) -> None:
    two.main.switch(concurrency=1, first_token_delay=0.2)
    assert two.hundred() == []
    assert 429 in chats(two.main)
    assert two.metric("gigagate_credential_moves_total", credential="main", reason="busy") > 0


@pytest.mark.parametrize("trouble", ["killed", "rejected", "exhausted", "switched off", "slow"])
def test_whatever_becomes_of_one_nothing_is_lost_and_it_is_used_again(
    two: Two, trouble: str
) -> None:
    assert whole(two.chat())
    main = two.main
    if trouble == "killed":
        main.faults.add(path="/chat/completions", reset=True, times=1000)
    elif trouble == "rejected":
        main.faults.add(path="/chat/completions", status=401, times=1000)
    elif trouble == "exhausted":
        main.faults.add(path="/chat/completions", status=402, times=1000)
    elif trouble == "switched off":
        main.switch(model_stop="423")
    else:
        main.switch(first_token_delay=1.0)
    assert two.hundred() == []
    assert two.metric("gigagate_slots_in_use") == two.metric("gigagate_queue_length") == 0
    if trouble == "slow":
        return
    assert len(chats(two.reserve)) >= HUNDRED / 2
    main.reset()
    main.log.clear()
    number = iter(range(1000, 10_000))

    def back() -> bool:
        assert whole(two.chat(next(number)))
        return bool(chats(main))

    waiting.until(back, seconds=60)


def test_a_credential_that_oauth_rejects_is_set_aside_and_told(two: Two) -> None:
    two.main.switch(credentials=(Credential("revoked", "revoked", "GIGACHAT_API_CORP"),))
    assert two.hundred() == []
    assert len(chats(two.main)) == 0
    assert two.metric("gigagate_events_total", event="credential_set_aside") == 1
    assert two.metric("gigagate_credential_usable", credential="main") == 0
    two.proxy.tells("The credential main is set aside")
    assert CORP.key not in two.proxy.output()


def test_a_picture_is_uploaded_where_its_conversation_goes_on(two: Two) -> None:
    picture = {"type": "image_url", "image_url": {"url": data_url()}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "Что это?"}, picture]}]
    assert whole(two.chat(messages=messages))
    two.main.faults.add(path="/chat/completions", status=402, times=1000)
    assert whole(two.chat(messages=messages))
    for emulator in (two.main, two.reserve):
        uploads = [one for one in emulator.log if one.path.endswith("/files")]
        assert [one.status for one in uploads] == [200]


def test_a_model_that_is_switched_off_everywhere_has_one_that_stands_in(two: Two) -> None:
    for emulator in (two.main, two.reserve):
        emulator.faults.add(path="/chat/completions", status=423, times=1)
    answer = two.chat(model="GigaChat-2-Max")
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"].startswith("GigaChat-2-Pro")
