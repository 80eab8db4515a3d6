"""Three proxies and one Valkey: one limit, one token, whatever dies meanwhile.

The emulator refuses with 429 what is too much, and its log tells, even where a retry would hide it.
"""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet
from tests.support.proxy import Proxy
from tests.support.valkey import Valkey

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Расскажи сказку"}]}
LIMITS = {"slots": 2, "queue": 100, "queue_seconds": 60}
MACHINES = 3

Machines = tuple[Emulator, Valkey, list[Proxy]]


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    config = EmulatorConfig(concurrency=2, chunk_delay=0.02)
    with ExitStack() as stack:
        emulator = stack.enter_context(EmulatorThread(config, state_dir=tmp_path / "emulator"))
        valkey = stack.enter_context(Valkey(tmp_path))
        environment = {
            "GIGAGATE_STORE": valkey.address,
            "GIGAGATE_STORE_KEY": Fernet.generate_key().decode(),
        }
        proxies = [
            stack.enter_context(
                Proxy(
                    emulator,
                    tmp_path / str(number),
                    environment=environment,
                    settings={"limits": LIMITS},
                )
            )
            for number in range(MACHINES)
        ]
        yield emulator, valkey, proxies


def chat(proxy: Proxy, number: int) -> bool:
    """Whether the client has a whole answer, and not half of a good one."""
    answer = requests.post(
        f"{proxy.base_url}/chat/completions", json=CHAT | {"stream": number % 2 == 0}, timeout=90
    )
    assert answer.status_code == 200, answer.text
    assert number % 2 or answer.text.endswith("data: [DONE]\n\n"), answer.text
    return True


def refused(emulator: Emulator) -> int:
    return sum(received.status == 429 for received in emulator.log)


def test_fifty_cold_requests_make_one_oauth_call_and_keep_one_limit(machines: Machines) -> None:
    emulator, _, proxies = machines
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda i: chat(proxies[i % MACHINES], i), range(50)))
    assert answers == [True] * 50
    assert emulator.oauth_calls == 1
    assert refused(emulator) == 0


def test_the_death_of_a_proxy_and_of_the_store_loses_nothing_that_could_be_saved(
    machines: Machines,
) -> None:
    emulator, valkey, proxies = machines
    killed, *others = proxies

    def patient_chat(number: int) -> bool:
        """As clients do: who has lost its proxy goes to another."""
        try:
            return chat(proxies[number % MACHINES], number)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            assert number % MACHINES == 0, "only the killed proxy may break off"
            return chat(others[number % 2], number)

    def done(futures: list[Future[bool]]) -> int:
        return sum(future.done() for future in futures)

    with ThreadPoolExecutor(40) as threads:
        answers = [threads.submit(patient_chat, number) for number in range(75)]
        while done(answers) < 15:
            time.sleep(0.02)
        killed.stop(signal.SIGKILL)
        while done(answers) < 25:
            time.sleep(0.02)
        valkey.kill()
        time.sleep(4)
        valkey.start()
        assert all(answer.result() for answer in answers)
    assert emulator.oauth_calls == 1
    assert refused(emulator) == 0
    back = f"The store {valkey.address} is back."
    for proxy in others:
        proxy.tells(back)
        assert proxy.output().count("goes on alone") == 1
        assert proxy.output().count(back) == 1
