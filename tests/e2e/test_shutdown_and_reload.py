"""SIGTERM lets answers finish; settings change without a restart, whole or not at all."""

import hashlib
import json
import signal
import socket
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import requests
from tests.support import waiting
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    config = EmulatorConfig(concurrency=0, chunk_chars=1, chunk_delay=0.03)
    folder = tmp_path_factory.mktemp("emulator")
    with EmulatorThread(state_dir=folder, config=config) as emulator:
        yield emulator


def chat(proxy: Proxy, **more: object) -> requests.Response:
    return requests.post(f"{proxy.base_url}/chat/completions", json=CHAT | more, timeout=30)


def cut_off(proxy: Proxy) -> None:
    with pytest.raises(requests.ConnectionError):
        chat(proxy)


until = partial(waiting.until, seconds=10)


def refuses_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:  # accepted by the kernel while the listener closed: ask again
        return False
    return False


def streaming(proxy: Proxy) -> Iterator[bytes]:
    url = f"{proxy.base_url}/chat/completions"
    answer = requests.post(url, json=CHAT | {"stream": True}, stream=True, timeout=30)
    return answer.iter_lines()


def test_sigterm_lets_a_running_stream_finish(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path) as proxy:
        lines = streaming(proxy)
        first = next(lines)
        proxy.process.send_signal(signal.SIGTERM)
        until(lambda: refuses_connections(proxy.port))
        rest = list(lines)
        assert first.startswith(b"data: ")
        assert rest[-2:] == [b"data: [DONE]", b""] or rest[-1] == b"data: [DONE]"
        assert proxy.process.wait(10) == 0


def test_a_second_sigterm_ends_at_once(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path) as proxy:
        emulator.faults.add(path="/chat/completions", hang=True)
        hanging = threading.Thread(target=cut_off, args=(proxy,))
        before = len(emulator.log)
        hanging.start()
        until(lambda: len(emulator.log) > before + 1)
        proxy.process.send_signal(signal.SIGTERM)
        until(lambda: refuses_connections(proxy.port))
        assert proxy.process.poll() is None
        proxy.process.send_signal(signal.SIGTERM)
        assert proxy.process.wait(5) == 0
        hanging.join()


def test_without_requests_sigterm_ends_at_once(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path) as proxy:
        keep_alive = requests.Session()
        keep_alive.get(f"{proxy.url}/health", timeout=5)
        assert proxy.stop(signal.SIGTERM) == 0


def test_a_changed_file_is_used_and_a_broken_one_is_not(emulator: Emulator, tmp_path: Path) -> None:
    with Proxy(emulator, tmp_path) as proxy:
        config = Path(proxy.environment["GIGAGATE_CONFIG"])

        def answers_as(model: str) -> bool:
            asked = {"model": "my-model"}
            return model in chat(proxy, **asked).json()["model"]

        assert answers_as("GigaChat-2-Max")
        config.write_text(json.dumps({"models": {"aliases": {"my-model": "GigaChat-2-Pro"}}}))
        proxy.process.send_signal(signal.SIGHUP)
        until(lambda: answers_as("GigaChat-2-Pro"))
        config.write_text("models: {aliasses: {}}")
        until(lambda: "The old settings stay" in proxy.output())
        proxy.tells("aliasses")
        assert answers_as("GigaChat-2-Pro")


def test_a_changed_file_of_client_keys_is_noticed(emulator: Emulator, tmp_path: Path) -> None:
    """Without a signal."""
    keys = tmp_path / "clients"

    def write(*names: str) -> None:
        lines = (f"{name}:{hashlib.sha256(name.encode()).hexdigest()}" for name in names)
        keys.write_text("\n".join(lines))

    def status(key: str) -> int:
        url, headers = f"{proxy.base_url}/models", {"Authorization": f"Bearer {key}"}
        return requests.get(url, headers=headers, timeout=20).status_code

    write("anna")
    with Proxy(emulator, tmp_path, environment={"GIGAGATE_CLIENT_KEYS_FILE": str(keys)}) as proxy:
        assert (status("anna"), status("boris")) == (200, 401)
        write("boris", "clara")
        until(lambda: status("boris") == 200)
        assert (status("anna"), status("clara")) == (401, 200)
        keys.write_text("clara")
        until(lambda: "The old settings stay" in proxy.output())
        assert status("clara") == 200


def test_a_file_cut_short_takes_no_protection_away(emulator: Emulator, tmp_path: Path) -> None:
    env = tmp_path / "whole.env"
    key = f"GIGACHAT_AUTH_KEY={emulator.authorization_key}\n"
    env.write_text(f"{key}GIGAGATE_CLIENT_KEYS=anna:a-long-random-key\n")
    proxy = Proxy(emulator, tmp_path)
    proxy.environment |= {"GIGAGATE_ENV_FILE": str(env)}
    proxy.environment.pop("GIGACHAT_AUTH_KEY")

    def status() -> int:
        return requests.get(f"{proxy.base_url}/models", timeout=20).status_code

    with proxy:
        assert status() == 401
        for cuts, content in enumerate(("", key, f"{key}GIGAGATE_CLIENT_KEYS=anna:a-lo"), 1):
            env.write_text(content)
            proxy.process.send_signal(signal.SIGHUP)
            until(lambda cuts=cuts: proxy.output().count("The old settings stay") >= cuts)  # type: ignore[misc]
            assert status() == 401
        env.write_text(f"{key}GIGAGATE_CLIENT_KEYS=none\n")
        until(lambda: status() == 200)
