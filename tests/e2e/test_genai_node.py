"""Google's SDK for Node, unchanged: one program that does with it what people do."""

import json
from pathlib import Path

import pytest
from tests.support.agent_task import chats
from tests.support.client_program import ClientProgram
from tests.support.proxy import Proxy
from tests.support.real_parts import CACHE, require_real_part

from gigagate.emulator import Emulator

PROGRAM = Path(__file__).with_name("google_genai.mjs")
SDK = CACHE / "google-genai"
CALL = {"function_call": {"name": "get_weather", "arguments": {"city": "Москва"}}}


def test_googles_sdk_for_node(proxy: Proxy, emulator: Emulator, tmp_path: Path) -> None:
    node = require_real_part("node")
    if not (SDK / "node_modules" / "@google" / "genai").exists():
        pytest.skip("@google/genai is not installed here: ./run.sh test installs it where it can")
    emulator.switch(chunk_chars=1)
    emulator.script.add(
        *("Здравствуйте 👋", "Жил-был король", "Раз", "Два", "Три"),
        *(CALL, "Тепло", CALL, "Прохладно"),
        {"function_call": {"name": "answer_in_json", "arguments": {"degrees": 7}}},
    )
    with ClientProgram(node, tmp_path / "home") as program:
        ended = program.run(str(PROGRAM), str(SDK), proxy.url, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert said.pop("tokens") > 0
    assert said.pop("count") > 0
    assert "models/gemini-3-gigachat-2-max" in said.pop("models")
    assert said == {
        "whole": ["Здравствуйте 👋", "STOP", "gemini-3-pro-preview"],
        "streamed": "Жил-был король",
        "first": "Раз",
        "second": "Два",
        "third": "Три",
        "call": ["get_weather", {"city": "Москва"}],
        "called": "Тепло",
        "automatic": "Прохладно",
        "json": {"degrees": 7},
        "vectors": 2,
        "model": 131_072,
        "error": ["ApiError", 400, "INVALID_ARGUMENT"],
    }
    talks = [[one["content"] for one in chat.json["messages"]] for chat in chats(emulator)]
    assert talks[4] == ["1", "Раз", "2", "Два", "3"]
    assert talks[6][-1] == '{"result":"+25 ☀"}'
