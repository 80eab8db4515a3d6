"""A conversation keeps its session, so that GigaChat finds its prompt in the cache: real money."""

from pathlib import Path
from typing import Any

import pytest
import requests
from tests.support.client_requests import CLINE_TOOLS, called, result, system, user
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.thread import EmulatorThread

STEPS = 10


def conversation(url: str, **headers: str) -> list[int]:
    """The cached tokens of each step of an agent that resends everything it knows."""
    messages: list[dict[str, Any]] = [system("You are an agent. " * 50), user()]
    cached = []
    for step in range(STEPS):
        body = {"model": "gigachat", "messages": messages, "tools": CLINE_TOOLS}
        answer = requests.post(f"{url}/chat/completions", json=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        usage = answer.json()["usage"]
        cached.append(usage["prompt_tokens_details"]["cached_tokens"])
        assert cached[-1] < usage["prompt_tokens"]
        messages += [called("read_files"), result("read_files", f"line {step}\n" * 20)]
        messages[-2]["tool_calls"][0]["id"] = messages[-1]["tool_call_id"] = f"call_{step}"
    return cached


@pytest.mark.parametrize("enabled", [True, False])
def test_the_prompt_cache_serves_an_agent_more_at_every_step(tmp_path: Path, enabled: bool) -> None:
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(state_dir=tmp_path / "emulator", config=config) as emulator:
        with Proxy(emulator, tmp_path, settings={"prompt_cache": enabled}) as proxy:
            cached = conversation(proxy.base_url)
            chats = [asked for asked in emulator.log if asked.path.endswith("/completions")]
            sessions = {asked.header("x-session-id") for asked in chats}
            own = conversation(proxy.base_url, **{"X-Session-ID": "mine"})
            assert emulator.log[-1].header("x-session-id") == "mine"
    assert own == sorted(set(own)), "the client's own session is kept in any case"
    if enabled:
        assert cached[0] == 0
        assert cached == sorted(set(cached)), "more at every step"
        assert len(sessions) == 1
    else:
        assert cached == [0] * STEPS
        assert sessions == {None}
