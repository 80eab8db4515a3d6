"""mitmproxy's own commands, given in mitmweb and answered in the event log."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests
from tests.support.mitmweb import Web, arguments
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.waiting import until

from gigagate.emulator.server import Emulator
from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Привет"}]}


class Setup(NamedTuple):
    emulator: Emulator
    proxy: Proxy
    web: Web


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("commands")
    port = free_port()
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder / "state", *arguments(port), verb="web") as proxy:
            requests.post(f"{proxy.base_url}/chat/completions", json=CHAT, timeout=20)
            yield Setup(emulator, proxy, Web(f"http://127.0.0.1:{port}"))


def logged_after(setup: Setup, command: str, text: str) -> str:
    seen = len(setup.proxy.output())

    def log() -> str:
        return setup.proxy.output()[seen:]

    setup.web.command(command)
    until(lambda: text in log(), log, seconds=20)
    return log()


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("gigachat.status", "valid for"),
        ("gigachat.stats", "1 request,"),
        ("gigachat.models", "GigaChat-2-Max"),
    ],
)
def test_a_command_answers_in_the_log(setup: Setup, command: str, text: str) -> None:
    logged_after(setup, command, text)


def test_the_token_is_renewed_and_trouble_with_it_told(setup: Setup) -> None:
    logged_after(setup, "gigachat.token.refresh", "A new access token")
    setup.emulator.faults.add(path="/oauth", status=500)
    logged_after(setup, "gigachat.token.refresh", "No access token from")


def test_verbose_can_be_switched_while_it_runs(setup: Setup) -> None:
    options = {"gigachat_verbose": True}
    setup.web.session.put(f"{setup.web.url}/options", json=options, timeout=20)
    seen = len(setup.proxy.output())
    requests.post(f"{setup.proxy.base_url}/chat/completions", json=CHAT, timeout=20)
    until(lambda: "model 'gpt-4o' -> GigaChat-2-Max" in setup.proxy.output()[seen:], seconds=10)
