"""Two credentials: whatever becomes of one, the other serves, and the first is used again."""

import dataclasses
import itertools
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from tests.support import waiting
from tests.support.fault_table import ANSWER, TABLE
from tests.support.ports import free_port
from tests.support.proxy import ROOT, Proxy
from tests.support.samples import data_url
from tests.support.tunnel import Tunnel

from gigagate.emulator import EmulatorConfig, EmulatorThread
from gigagate.emulator.config import Credential

CORP = Credential("corp-id", "corp-secret", "GIGACHAT_API_CORP")
REVOKED = Credential("revoked", "revoked", "GIGACHAT_API_CORP")
OTHER = Credential("other-id", "other-secret", "GIGACHAT_API_CORP")
CHATS = "/chat/completions"
HUNDRED, STRUCK_AT, LASTING = 100, 20, 1000
BROKEN_OFF = "upstream_protocol_error"
SOON_BACK = ("-s", str(ROOT / "tests" / "support" / "soon_back.py"))
conversations = itertools.count()


@dataclass
class Two:
    main: EmulatorThread
    reserve: EmulatorThread
    way: ExitStack
    """The network between the proxy and `main`."""
    port: int
    proxy: Proxy

    def connect(self) -> None:
        self.way.enter_context(Tunnel(self.port, self.main.port))

    def cut(self) -> None:
        """Whatever is under way breaks off, and nothing gets through any more."""
        self.way.pop_all().close()

    def chat(self, **more: object) -> requests.Response:
        """A conversation of its own, unless `more` says what is said."""
        said = [{"role": "user", "content": f"Вопрос {next(conversations)}"}]
        body = {"model": "GigaChat-2", "messages": said}
        return requests.post(f"{self.proxy.base_url}{CHATS}", json=body | more, timeout=60)

    def hundred(self, strike: Callable[[], object] = bool) -> list[str]:
        """What the clients got of requests in whose middle a credential was struck."""
        with ThreadPoolExecutor(25) as pool:
            running = [pool.submit(self.chat, stream=bool(n % 2)) for n in range(HUNDRED)]
            waiting.until(lambda: sum(one.done() for one in running) >= STRUCK_AT, seconds=20)
            strike()
            return [got(one.result()) for one in running]

    def metric(self, name: str, **labels: str) -> float:
        text = requests.get(f"{self.proxy.url}/metrics", timeout=10).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def state(self) -> dict[str, Any]:
        accept = {"Accept": "application/json"}
        told: dict[str, Any] = requests.get(self.proxy.url, headers=accept, timeout=10).json()
        return told

    def nothing_is_left(self) -> None:
        """A slot of a broken connection goes on a moment later."""
        gauges = ("gigagate_slots_in_use", "gigagate_queue_length")
        waiting.until(lambda: not any(map(self.metric, gauges)), seconds=5)

    def main_is_used_again(self) -> None:
        self.main.log.clear()

        def back() -> bool:
            assert got(self.chat()) == ANSWER
            return bool(chats(self.main))

        waiting.until(back, seconds=20)


def got(answer: requests.Response) -> str:
    """`ANSWER`, or the code of an error."""
    if not answer.headers["content-type"].startswith("text/event-stream"):
        return ANSWER if answer.status_code == 200 else answer.json()["error"]["code"]
    if answer.text.endswith("data: [DONE]\n\n"):
        return ANSWER
    return BROKEN_OFF if f'"code":"{BROKEN_OFF}"' in answer.text else answer.text


def chats(emulator: EmulatorThread) -> list[int | None]:
    return [one.status for one in emulator.log if one.path.endswith(CHATS)]


@contextmanager
def started(folder: Path, credential: Credential) -> Iterator[EmulatorThread]:
    config = EmulatorConfig(credentials=(credential,), concurrency=10, first_token_delay=0.05)
    with EmulatorThread(config, state_dir=folder / "emulator") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("credentials")
    with started(folder, CORP) as main, started(folder, OTHER) as reserve, ExitStack() as way:
        port = free_port()
        addresses = {
            "main": (main.base_url.replace(str(main.port), str(port)), main.auth_url),
            "on-reserve": (reserve.base_url, reserve.auth_url),
        }
        settings: Mapping[str, object] = {
            "credentials": {
                name: {"scope": "GIGACHAT_API_CORP", "base_url": base_url, "auth_url": auth_url}
                for name, (base_url, auth_url) in addresses.items()
            },
            "models": {"fallback": {"GigaChat-2-Max": ["GigaChat-2-Pro"]}},
        }
        environment = {
            "GIGACHAT_AUTH_KEY": "",
            "GIGACHAT_AUTH_KEY__MAIN": CORP.key,
            "GIGACHAT_AUTH_KEY__ON_RESERVE": OTHER.key,
        }
        with Proxy(
            main, folder / "state", *SOON_BACK, environment=environment, settings=settings
        ) as proxy:
            two = Two(main, reserve, way, port, proxy)
            two.connect()
            yield two


@pytest.fixture
def two(served: Two) -> Iterator[Two]:
    """Both well, and with empty logs."""
    switches = {one: dataclasses.asdict(one.config) for one in (served.main, served.reserve)}
    usable = "gigagate_credential_usable"
    waiting.until(lambda: served.metric(usable) == 2, served.proxy.output, seconds=20)
    for emulator in switches:
        emulator.log.clear()
    yield served
    for emulator, before in switches.items():
        emulator.faults.clear()
        emulator.switch(**before)


def test_the_first_in_order_serves_and_a_conversation_stays(two: Two) -> None:
    said = [{"role": "user", "content": "Привет"}]
    assert [got(two.chat(messages=said)) for _ in range(3)] == [ANSWER] * 3
    assert got(two.chat()) == ANSWER
    assert (len(chats(two.main)), len(chats(two.reserve))) == (4, 0)


def test_a_429_moves_at_once_to_one_with_a_free_slot(two: Two) -> None:
    two.main.switch(concurrency=1, first_token_delay=0.2)
    assert two.hundred() == [ANSWER] * HUNDRED
    assert 429 in chats(two.main)
    assert two.metric("gigagate_credential_moves_total", credential="main", reason="busy") > 0
    two.nothing_is_left()


TROUBLES: Mapping[str, Callable[[EmulatorThread], object]] = {
    "refuses connections": lambda it: it.faults.add(path=CHATS, reset=True, times=LASTING),
    "is rejected (401)": lambda it: it.faults.add(path=CHATS, status=401, times=LASTING),
    "is exhausted (402)": lambda it: it.faults.add(path=CHATS, status=402, times=LASTING),
    "is switched off (423)": lambda it: it.switch(model_stop="423"),
    "is slow": lambda it: it.switch(first_token_delay=1.0),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_becomes_of_one_nothing_is_lost_and_it_is_used_again(
    two: Two, trouble: str
) -> None:
    found = two.hundred(lambda: TROUBLES[trouble](two.main))
    count(f"one of two credentials {trouble}", found)
    assert found == [ANSWER] * HUNDRED
    assert len(chats(two.reserve)) >= HUNDRED / 4
    two.nothing_is_left()
    two.main.faults.clear()
    two.main.switch(model_stop="none", first_token_delay=0)
    two.main_is_used_again()


def test_of_one_that_dies_only_streams_are_lost_that_had_begun(two: Two) -> None:
    for emulator in (two.main, two.reserve):
        emulator.switch(chunk_delay=0.03, chunk_chars=4)
    found = two.hundred(two.cut)
    count("one of two credentials dies amid its requests", found)
    broken = Counter(found)[BROKEN_OFF]
    assert Counter(found) == {ANSWER: HUNDRED - broken, **({BROKEN_OFF: broken} if broken else {})}
    assert broken <= 10, "no more than it was given at a time"
    two.nothing_is_left()
    two.connect()
    two.main_is_used_again()


def test_a_stream_that_breaks_off_ends_in_an_error_and_its_conversation_goes_on(two: Two) -> None:
    said = [{"role": "user", "content": "Расскажи сказку"}]
    two.main.faults.add(path=CHATS, reset=True, after_events=2)
    found = [got(two.chat(messages=said, stream=True)) for _ in range(2)]
    assert found == [BROKEN_OFF, ANSWER]
    two.nothing_is_left()


def count(fault: str, found: list[str]) -> None:
    for one in found:
        TABLE.count(fault, one)


def test_a_picture_is_uploaded_where_its_conversation_goes_on(two: Two) -> None:
    picture = {"type": "image_url", "image_url": {"url": data_url()}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "Что это?"}, picture]}]
    assert got(two.chat(messages=messages)) == ANSWER
    two.main.faults.add(path=CHATS, status=402, times=LASTING)
    assert got(two.chat(messages=messages)) == ANSWER
    for emulator in (two.main, two.reserve):
        uploads = [one for one in emulator.log if one.path.endswith("/files")]
        assert [one.status for one in uploads] == [200]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("a model is switched off everywhere (423)", 423),
        ("a model is nowhere (404)", 404),
        ("a model stays busy everywhere (429)", 429),
    ],
)
def test_a_model_that_nobody_has_is_stood_in_for(two: Two, name: str, status: int) -> None:
    before = two.metric("gigagate_rewrites_total", kind="fallback")
    for emulator in (two.main, two.reserve):
        emulator.faults.add(
            path=CHATS,
            status=status,
            headers={"Retry-After": "100"},
            body=f'{{"status":{status},"message":"No such model"}}',
        )
    answer = two.chat(model="GigaChat-2-Max")
    TABLE.count(f"{name}, with `models.fallback`", got(answer))
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"].startswith("GigaChat-2-Pro")
    assert two.metric("gigagate_rewrites_total", kind="fallback") == before + 1
    assert len(chats(two.main)) == 2, "the first credential was asked for the other model"


def test_a_credential_that_oauth_rejects_is_set_aside_and_told(two: Two) -> None:
    told = two.metric("gigagate_events_total", event="credential_set_aside")
    two.main.revoke_tokens()
    two.main.switch(credentials=(REVOKED,))
    assert got(two.chat()) == ANSWER
    assert two.metric("gigagate_events_total", event="credential_set_aside") == told + 1
    assert two.metric("gigagate_credential_usable", credential="main") == 0
    two.proxy.tells("The credential main is set aside")
    main, reserve = two.state()["credentials"]
    assert (main["name"], main["usable"], reserve["usable"]) == ("main", False, True)
    assert "GIGACHAT_AUTH_KEY__MAIN" in main["problem"]
    assert main["again_in_seconds"] > 0
    assert reserve["token"]["seconds_left"] > 0
    assert ready(two) == (200, [])
    status, models = run(two, "status"), run(two, "models")
    assert re.search("  main .*: GigaChat rejected this proxy's authorization key", status)
    assert re.search("  on-reserve used; .* token: valid for", status)
    assert re.search("^on-reserve: .*GigaChat-2-Max", models, re.MULTILINE)
    assert "main: GigaChat rejected this proxy's authorization key (main)" in models
    two.reserve.revoke_tokens()
    two.reserve.switch(credentials=(REVOKED,))
    assert got(two.chat()) == "upstream_credentials_rejected"
    code, reasons = ready(two)
    assert (code, len(reasons)) == (503, 2)
    for credential, name in ((CORP, "(main)"), (OTHER, "(on-reserve)")):
        assert any(name in reason for reason in reasons)
        for place in (two.proxy.output(), status, models, str(two.state())):
            assert credential.key not in place


def ready(two: Two) -> tuple[int, list[str]]:
    answer = requests.get(f"{two.proxy.url}/ready", timeout=10)
    return answer.status_code, answer.json().get("reasons", [])


def run(two: Two, verb: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "gigagate", verb],
        env=two.proxy.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ended.stdout
