"""What a request costs in the real process, mitmproxy's part included: counted, not timed.

A bound that fails says that every request has become dearer; raise it only for a reason.
"""

from pathlib import Path

import pytest
import requests
from tests.bench import traffic
from tests.support.proxy import ROOT, Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.thread import EmulatorThread

REQUESTS = 50


@pytest.mark.parametrize(
    ("body", "most"),
    [(traffic.small(), 2200), (traffic.cline(100_000, parts=True, tools=25), 2950)],
    ids=["small", "100 KB with 25 tools"],
)
def test_a_request_takes_few_calls(tmp_path: Path, body: bytes, most: int) -> None:
    counting = ROOT / "tests" / "support" / "count_calls.py"
    config = EmulatorConfig(concurrency=0)
    with (
        EmulatorThread(state_dir=tmp_path / "emulator", config=config) as emulator,
        Proxy(emulator, tmp_path, "-s", str(counting)) as proxy,
        requests.Session() as client,
    ):

        def ask(times: int) -> float:
            """Calls for each request."""
            client.get(f"{proxy.url}/calls", timeout=10)
            for _ in range(times):
                url = f"{proxy.base_url}/chat/completions"
                assert client.post(url, data=body, timeout=20).status_code == 200
            return int(client.get(f"{proxy.url}/calls", timeout=10).text) / times

        ask(5)
        calls = ask(REQUESTS)
    assert most / 2 < calls <= most
