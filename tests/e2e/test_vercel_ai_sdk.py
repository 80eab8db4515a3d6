"""Vercel's AI SDK with its defaults: it refers to what it has been told by item_reference."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.support import samples
from tests.support.agent_task import chats, functions_called
from tests.support.client_program import ClientProgram
from tests.support.proxy import Proxy
from tests.support.real_parts import require_library, require_real_part

from gigagate.emulator import Emulator

PROGRAM = Path(samples.__file__).with_name("ai_sdk_steps.mjs")


def step(text: str, thought: str, name: str) -> dict[str, Any]:
    call = {"name": name, "arguments": {"city": "Омск"}}
    return {"text": text, "reasoning_content": thought, "function_call": call}


@pytest.mark.parametrize("how", ["generateText", "streamText"])
def test_three_steps_with_tools(proxy: Proxy, emulator: Emulator, tmp_path: Path, how: str) -> None:
    (tmp_path / "node_modules").symlink_to(require_library("ai sdk"))
    program = shutil.copy(PROGRAM, tmp_path)
    emulator.switch(chunk_chars=1)
    emulator.script.add(
        step("Смотрю погоду.", "Хм", "weather"),
        step("Смотрю ветер.", "Ага", "wind"),
        {"text": "Тепло ✅", "reasoning_content": "Ясно"},
    )
    with ClientProgram(require_real_part("node"), tmp_path / "home") as node:
        done: subprocess.CompletedProcess[str]
        done = node.run(str(program), proxy.base_url, how, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told.pop("tokens") > 0
    assert told.pop("references") == [0, 2, 4]
    assert told == {
        "text": "Тепло ✅",
        "calls": ["weather", "wind"],
        "said": ["Смотрю погоду.", "Смотрю ветер.", "Тепло ✅"],
        "thought": ["Хм", "Ага", "Ясно"],
        "warnings": [],
    }
    first, *_, last = [chat.json["messages"] for chat in chats(emulator)]
    assert len(first) == 1
    assert functions_called(last) == ["weather", "wind"]
    said = [message["content"] for message in last if message["role"] == "assistant"]
    assert said == ["Смотрю погоду.", "Смотрю ветер."]
    results = [message["content"] for message in last if message["role"] == "function"]
    assert "weather: Омск 🌬" in results[0] and "wind: Омск 🌬" in results[1]
