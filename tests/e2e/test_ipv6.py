"""Programs that take localhost for [::1] find the proxy too, and nobody else does."""

import socket
from collections.abc import Sequence
from pathlib import Path

import pytest
import requests
from tests.support.proxy import ENTRY, MITMDUMP, Proxy

from gigagate.emulator import Emulator

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


def v6(proxy: Proxy) -> str:
    return f"http://[::1]:{proxy.port}"


def test_it_answers_there_and_checks_as_much(proxy: Proxy) -> None:
    assert requests.post(f"{v6(proxy)}/v1/chat/completions", json=CHAT, timeout=30).ok
    assert requests.get(f"{v6(proxy)}/", timeout=30).ok
    rebound = {"Host": "evil.example"}
    assert requests.get(f"{v6(proxy)}/v1/models", headers=rebound, timeout=30).status_code == 403
    assert proxy.output().count("GigaGate listens on") == 1
    proxy.tells(f"listens on http://127.0.0.1:{proxy.port}/v1")


def test_no_other_address_is_listened_on(proxy: Proxy) -> None:
    name = socket.gethostname()
    for *_, address in socket.getaddrinfo(name, proxy.port, type=socket.SOCK_STREAM):
        if address[0] != "::1" and not str(address[0]).startswith("127."):
            with pytest.raises(OSError), socket.create_connection(address[:2], 5):
                pass


@pytest.mark.parametrize(
    ("arguments", "command"),
    [(("--workers", "2"), None), ((), (MITMDUMP, "-s", str(ENTRY)))],
    ids=["workers", "mitmdump -s"],
)
def test_however_it_was_started(
    emulator: Emulator, tmp_path: Path, arguments: Sequence[str], command: Sequence[str] | None
) -> None:
    with Proxy(emulator, tmp_path, *arguments, command=command) as proxy:
        for _ in range(8):
            assert requests.post(f"{v6(proxy)}/v1/chat/completions", json=CHAT, timeout=30).ok


def test_a_stranger_there_is_told_of(emulator: Emulator, tmp_path: Path) -> None:
    proxy = Proxy(emulator, tmp_path)
    with socket.create_server(("::1", proxy.port), family=socket.AF_INET6):
        with proxy:
            assert requests.get(f"{proxy.url}/health", timeout=30).ok
            proxy.tells(f"[::1]:{proxy.port} is taken by another program")
