"""Several calls at once, which GigaChat's second API makes, with the clients that run them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from anthropic import Anthropic
from tests.e2e.test_claude_code import ClaudeCode
from tests.e2e.test_cline_3 import solve
from tests.e2e.test_codex import Codex
from tests.support.agent_task import chats
from tests.support.documented import settings_of
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

DONE = "Всё посчитано ✅"
COUNTS = [f"printf %s {n} > {n}.txt" for n in ("one", "two", "three")]
ASKED = "Посчитай всё по порядку"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Proxy]]:
    folder = tmp_path_factory.mktemp("served")
    settings = {"upstream": {"api": "v2"}}
    config = EmulatorConfig(concurrency=0, chunk_chars=1)
    with EmulatorThread(config, state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, settings=settings) as proxy:
            yield emulator, proxy


def three(name: str, arguments: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    return {"function_calls": [{"name": name, "arguments": arguments(one)} for one in COUNTS]}


def check(emulator: Emulator, folder: Path) -> None:
    for n in ("one", "two", "three"):
        assert (folder / f"{n}.txt").read_text() == n
    found = [chat for chat in chats(emulator) if chat.status == 200]
    assert all(chat.path.endswith("/v2/chat/completions") for chat in found)
    turns = [message["content"] for message in found[-1].json["messages"]]
    calls = [[p["function_call"]["id"] for p in turn if "function_call" in p] for turn in turns]
    results = [[p["function_result"]["id"] for p in t if "function_result" in p] for t in turns]
    (made,) = filter(None, calls)
    (told,) = filter(None, results)
    assert len(set(made)) == 3
    assert told == made


def test_claude_code(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> None:
    emulator.script.add(three("Bash", lambda one: {"command": one, "description": "Counts"}), DONE)
    claude = ClaudeCode(proxy, tmp_path / "home", folder)
    with claude.program:
        assert claude.asked(ASKED).strip() == DONE
    check(emulator, folder)


def test_codex(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> None:
    emulator.script.add(three("exec_command", lambda one: {"cmd": one}), DONE)
    codex = Codex(settings_of("Codex", proxy), tmp_path / "home", folder)
    with codex.program:
        assert codex.asked(ASKED) == DONE
    check(emulator, folder)


def test_cline_3(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> None:
    emulator.script.add(three("run_commands", lambda one: {"commands": [one]}), DONE)
    *_, result = solve(proxy, folder, tmp_path / "home", ASKED)
    assert DONE in result["text"]
    check(emulator, folder)


@pytest.mark.parametrize("stream", [False, True])
def test_the_anthropic_sdk(proxy: Proxy, emulator: Emulator, stream: bool) -> None:
    emulator.script.add(three("Bash", lambda one: {"command": one}), DONE)
    history: list[Any] = [{"role": "user", "content": ASKED}]
    asked: Any = {
        "model": "claude-opus-5-5",
        "max_tokens": 500,
        "tools": [{"name": "Bash", "input_schema": {"type": "object", "properties": {}}}],
        "messages": history,
    }
    with Anthropic(base_url=proxy.url, api_key="any", max_retries=0, timeout=30) as client:
        if stream:
            with client.messages.stream(**asked) as streamed:
                answer = streamed.get_final_message()
        else:
            answer = client.messages.create(**asked)
        uses = [block for block in answer.content if block.type == "tool_use"]
        assert [use.input for use in uses] == [{"command": one} for one in COUNTS]
        assert len({use.id for use in uses}) == 3
        assert answer.stop_reason == "tool_use"
        results = [
            {"type": "tool_result", "tool_use_id": use.id, "content": use.id} for use in uses[::-1]
        ]
        history += [
            {"role": "assistant", "content": answer.content},
            {"role": "user", "content": results},
        ]
        (text,) = client.messages.create(**asked).content
    assert text.type == "text" and text.text == DONE
    last = chats(emulator)[-1].json["messages"]
    told = [part["function_result"] for part in last[-1]["content"]]
    assert [one["id"].replace("-", "") for one in told] == [
        use.id.removeprefix("call_v2") for use in uses
    ]
