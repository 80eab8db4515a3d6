"""Whichever API a client speaks, people see the same: the conversation, what changed, the answer.

And a fixture of it can be given away and replayed, the log tells what was asked, where it is asked
for, and metrics and statistics count it by its API.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from tests.support.mitmweb import Web, arguments
from tests.support.ports import free_port
from tests.support.proxy import ROOT, Proxy

from gigagate.emulator import Emulator, EmulatorThread

ASKED = "Тайна: сколько будет 4711?"
SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
CALL = {"function_call": {"name": "read_file", "arguments": {"path": "тайна.txt"}}}


class Api(NamedTuple):
    name: str
    path: str
    asked: dict[str, Any]
    streams: dict[str, Any] | str
    """What is added to the request, or the path of a streamed one."""


APIS = (
    Api(
        "anthropic",
        "/v1/messages",
        {
            "model": "claude-opus",
            "max_tokens": 99,
            "system": "Ты тайный помощник",
            "messages": [{"role": "user", "content": [{"type": "text", "text": ASKED}]}],
            "tools": [{"name": "read_file", "description": "Тайна", "input_schema": SCHEMA}],
        },
        {"stream": True},
    ),
    Api(
        "responses",
        "/v1/responses",
        {
            "model": "gpt-5",
            "instructions": "Ты тайный помощник",
            "input": [{"role": "user", "content": [{"type": "input_text", "text": ASKED}]}],
            "tools": [
                {"type": "function", "name": "read_file", "description": "x", "parameters": SCHEMA}
            ],
        },
        {"stream": True},
    ),
    Api(
        "gemini",
        "/v1beta/models/gemini-3-pro:generateContent",
        {
            "systemInstruction": {"parts": [{"text": "Ты тайный помощник"}]},
            "contents": [{"role": "user", "parts": [{"text": ASKED}]}],
            "tools": [{"functionDeclarations": [{"name": "read_file", "parameters": SCHEMA}]}],
        },
        "/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse",
    ),
)


class Setup(NamedTuple):
    emulator: Emulator
    proxy: Proxy
    web: Web
    folder: Path

    def send(self, api: Api, *, stream: bool = False) -> dict[str, Any]:
        known = {flow["id"] for flow in self.web.flows()}
        path, asked = api.path, api.asked
        if stream and isinstance(api.streams, str):
            path = api.streams
        elif stream and isinstance(api.streams, dict):
            asked = asked | api.streams
        assert requests.post(self.proxy.url + path, json=asked, timeout=20).status_code == 200
        return self.web.wait_for_flow(
            lambda flow: (
                flow["id"] not in known and (flow.get("response") or {}).get("timestamp_end")
            )
        )


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    folder = tmp_path_factory.mktemp("apis")
    port = free_port()
    settings = {"log": {"prompts": True}, "keep_alive_seconds": 0.5}
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, *arguments(port), verb="web", settings=settings) as proxy:
            web = Web(f"http://127.0.0.1:{port}")
            yield Setup(emulator, proxy, web, folder)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_the_conversation_and_the_answer_are_shown(setup: Setup, api: Api, stream: bool) -> None:
    setup.emulator.script.add("Это будет 4712 ☕")
    flow = setup.send(api, stream=stream)
    name, text = setup.web.view(flow["id"], "request")
    assert name == "GigaChat: conversation"
    for said in ("read_file(path: string)", "system ──\nТы тайный", f"user ──\n{ASKED}"):
        assert said in text
    name, text = setup.web.view(flow["id"], "response")
    assert name == "GigaChat: answer"
    assert "Это будет 4712 ☕" in text
    assert " · stop · " in text
    assert ("A stream of" in text) is stream
    assert "not ended" not in text
    _, text = setup.web.view(flow["id"], "request", "GigaChat: what changed")
    assert text.startswith("GigaChat's API v1 was asked.")
    assert '"model": "GigaChat-2-Max"' in text
    assert '+   "function_call": "auto"' in text
    _, text = setup.web.view(flow["id"], "request", "GigaChat: as GigaChat got it")
    assert text.startswith("POST /api/v1/chat/completions")
    assert "The answer: 200" in setup.web.command("gigachat.explain", f"@{flow['id']}")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_a_call_is_shown_on_a_line(setup: Setup, api: Api, stream: bool) -> None:
    setup.emulator.script.add(CALL)
    flow = setup.send(api, stream=stream)
    _, text = setup.web.view(flow["id"], "response")
    assert '→ read_file(path: "тайна.txt")' in text
    assert "tool_calls" in text


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_a_stream_that_breaks_off_is_shown_as_far_as_it_came(setup: Setup, api: Api) -> None:
    setup.emulator.switch(chunk_chars=1)
    setup.emulator.script.add("Это будет очень длинный ответ")
    setup.emulator.faults.add(path="/chat/completions", close="mid_stream", after_events=12)
    plain = {name: value for name, value in api.asked.items() if name != "tools"}
    flow = setup.send(api._replace(asked=plain), stream=True)
    setup.emulator.switch(chunk_chars=12)
    _, text = setup.web.view(flow["id"], "response")
    assert "Error: The connection to GigaChat broke off" in text
    assert "Это" in text
    assert flow["marked"] == "🔴"


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_after_a_sign_of_life_an_error_is_shown_in_gigachats_words(setup: Setup, api: Api) -> None:
    body = json.dumps({"status": 422, "message": "Invalid params"})
    setup.emulator.faults.add(path="/chat/completions", delay=1.5, status=422, body=body)
    flow = setup.send(api, stream=True)
    _, text = setup.web.view(flow["id"], "response")
    assert "Error: GigaChat: Invalid params" in text


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_a_fixture_says_nothing_of_a_person_and_is_translated_alike(setup: Setup, api: Api) -> None:
    flow = setup.send(api)
    file = setup.folder / f"{api.name}.json"
    setup.web.command("gigachat.fixture", f"@{flow['id']}", str(file))
    written = file.read_text().lower()
    assert json.loads(written)["path"] == api.path.lower()
    assert [word for word in ("тайна", "тайный", "4711", "помощник") if word in written] == []
    command = [sys.executable, "-m", "gigagate", "replay", str(file), "--json"]
    done = subprocess.run(
        command,
        env=setup.proxy.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    (outcome,) = json.loads(done.stdout)
    body = outcome["upstream"]["body"]
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert [len(m["content"]) for m in body["messages"]] == [len("Ты тайный помощник"), len(ASKED)]
    assert body["functions"][0]["parameters"] == SCHEMA


@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_the_log_the_metrics_and_the_statistics_know_the_api(setup: Setup, api: Api) -> None:
    setup.emulator.script.add("Ответ для журнала")
    setup.send(api, stream=True)
    setup.proxy.tells(f"  > {ASKED}")
    setup.proxy.tells("  < Ответ для журнала")
    told = requests.get(f"{setup.proxy.url}/metrics", timeout=20).text
    assert f'dialect="{api.name}"' in told
    assert 'api="v1"' in told
    stats = requests.get(f"{setup.proxy.url}/stats", timeout=20).json()
    assert stats["dialects"][api.name] >= 1
    assert stats["apis"]["v1"] >= 1


def test_gigachats_second_api_is_told_wherever_it_was_asked(setup: Setup) -> None:
    api = APIS[0]
    search = {"type": "web_search_20250305", "name": "web_search"}
    flow = setup.send(api._replace(asked={**api.asked, "tools": [search]}))
    assert " API v2 · python-requests/" in flow["comment"]
    _, text = setup.web.view(flow["id"], "request", "GigaChat: what changed")
    assert text.startswith("GigaChat's API v2 was asked.")
    assert "a tool of its own, web_search" in text
    assert " · API v2 · stop · " in setup.web.view(flow["id"], "response")[1]
    file = setup.folder / "v2.json"
    setup.web.command("gigachat.fixture", f"@{flow['id']}", str(file))
    assert json.loads(file.read_text())["gigachat_api"] == "v2"
    assert 'api="v2"' in requests.get(f"{setup.proxy.url}/metrics", timeout=20).text
    stats = requests.get(f"{setup.proxy.url}/stats", timeout=20).json()
    assert stats["apis"]["v2"] >= 1
