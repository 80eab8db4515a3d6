"""What a request has taken is given back when it ends, not when the garbage collector comes."""

from pathlib import Path

import pytest
import requests
from tests.support.proxy import ENTRY, MITMDUMP, ROOT, Proxy

from gigagate.emulator.thread import EmulatorThread

CHAT = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.mark.parametrize("stream", [False, True])
def test_an_ended_request_leaves_nothing_behind(tmp_path: Path, stream: bool) -> None:
    counting = ROOT / "tests" / "support" / "count_streams.py"
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        command = (MITMDUMP, "-s", str(ENTRY), "-s", str(counting))
        with Proxy(emulator, tmp_path, command=command) as proxy, requests.Session() as client:

            def ask() -> None:
                body = CHAT | {"stream": stream}
                url = f"{proxy.base_url}/chat/completions"
                assert client.post(url, json=body, timeout=20).status_code == 200

            # mitmproxy's check of a message's types leaves a cycle: once for each kind
            ask()
            for _ in range(2):  # the first answer of the script is a kind, too
                client.get(f"{proxy.url}/collect", timeout=10)
            for _ in range(20):
                ask()
            in_memory = int(client.get(f"{proxy.url}/streams", timeout=10).text)
    assert in_memory == 1, "the one that asks"
