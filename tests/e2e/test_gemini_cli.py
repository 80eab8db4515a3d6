"""Gemini CLI: an agent's task with its tools, a stream that breaks off, a search, a page to read.

Its documented settings.json and .env alone.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import samples
from tests.support.agent_task import chats, functions_called, is_edited
from tests.support.client_program import ClientProgram
from tests.support.documented import blocks_of
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.saved_sessions import SavedSessions, called, hows

from gigagate.emulator import Emulator
from gigagate.emulator.v2_routes import FOUND, SOURCES

SAVES_FLOWS = True
RUSSIAN = "Съешь ещё этих мягких французских булок, «да выпей чаю» ☕\n"


class GeminiCli:
    def __init__(self, proxy: Proxy, home: Path, folder: Path) -> None:
        """With the two files that docs/clients.md gives."""
        settings, variables, _ = blocks_of("Gemini CLI", proxy)
        (kept := home / ".gemini").mkdir(parents=True)
        (kept / "settings.json").write_text(settings)
        (kept / ".env").write_text(variables)
        self.program = ClientProgram(require_real_part("gemini cli"), home)
        self.folder = folder

    def asked(self, prompt: str) -> str:
        done: subprocess.CompletedProcess[str]
        how = ("-p", prompt, "--yolo", "--skip-trust")
        done = self.program.run(*how, folder=self.folder, seconds=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def gemini(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> Iterator[GeminiCli]:
    emulator.switch(chunk_chars=1)
    client = GeminiCli(proxy, tmp_path / "home", folder)
    with client.program:
        yield client


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"function_call": {"name": name, "arguments": arguments}}


def test_gemini_cli_works_through_a_task(
    gemini: GeminiCli, emulator: Emulator, folder: Path, sessions: SavedSessions
) -> None:
    (folder / "red.png").write_bytes(samples.png(1))
    emulator.script.add(
        call("read_file", file_path="notes.md"),
        call(
            "replace",
            file_path="notes.md",
            instruction="Кефир вместо молока",
            old_string="молоко 🥛",
            new_string="кефир «Ряженка»",
        ),
        call("run_shell_command", command="cat there-is-no-such-file"),
        call("run_shell_command", command="wc -l < notes.md > lines.txt"),
        call("write_file", file_path="hello.txt", content=RUSSIAN),
        call("read_file", file_path="red.png"),
        "Всё готово ✅ «булки»",
    )
    assert gemini.asked("Сделай всё по порядку").strip() == "Всё готово ✅ «булки»"
    assert is_edited(folder)
    assert (folder / "hello.txt").read_text() == RUSSIAN

    found = chats(emulator)
    assert [chat.status for chat in found] == [200] * 7
    messages = found[-1].json["messages"]
    assert functions_called(messages) == [
        *("read_file", "replace", "run_shell_command", "run_shell_command"),
        *("write_file", "read_file"),
    ]
    results = [json.loads(one["content"]) for one in messages if one["role"] == "function"]
    assert "молоко" in results[0]["result"]
    assert "there-is-no-such-file" in results[2]["result"]
    assert sum(bool(one.get("attachments")) for one in messages) == 1
    (session,) = sessions.of(requests=7)
    assert hows(session) == ["began", *["continued"] * 6]
    assert called(session) == functions_called(messages)
    assert len({chat.header("x-session-id") for chat in found}) == 1


def test_gemini_cli_survives_a_stream_that_breaks_off(
    gemini: GeminiCli, emulator: Emulator
) -> None:
    emulator.script.add("Жил-был король", "Жил долго.")
    emulator.faults.add(path="/chat/completions", close="clean", after_events=8)
    assert gemini.asked("Расскажи сказку").strip().endswith("Жил долго.")
    assert [chat.status for chat in chats(emulator)] == [200, 200]


def test_its_search_finds_real_pages(
    gemini: GeminiCli, emulator: Emulator, sessions: SavedSessions
) -> None:
    """It puts the marks into the text itself, by the places that it is told."""
    emulator.script.add(
        call("google_web_search", query="почём молоко"),
        {"text": FOUND, "tools": ["web_search"], "sources": SOURCES},
        "Молоко по 89 ✅",
    )
    assert gemini.asked("Найди, почём молоко").strip() == "Молоко по 89 ✅"
    search, last = chats(emulator)[-2:]
    assert search.path.endswith("/v2/chat/completions")
    (result,) = (one for one in last.json["messages"] if one["role"] == "function")
    found = json.loads(result["content"])["result"]
    for page in SOURCES.values():
        assert page["url"] in found
        assert page["title"] in found
    assert "Молоко стоит 89 рублей.[1] Кошки его любят 🐈, и в холод тоже.[1][2]" in found
    (session,) = sessions.of(requests=3)
    assert hows(session) == ["began", "continued"]
    (aside,) = session.beside
    assert "Молоко" in aside.text


def test_a_page_is_read_by_gigachat(gemini: GeminiCli, emulator: Emulator) -> None:
    """Nobody here goes there.  A name in the address would be looked up by the client first."""
    emulator.script.add(
        call("web_fetch", prompt="Что на https://93.184.216.34/milk ?"),
        {"text": "Там цена: 89 рублей", "tools": ["url_content_extraction"]},
        "Молоко по 89 ✅",
    )
    assert gemini.asked("Прочитай страницу").strip() == "Молоко по 89 ✅"
    _, page, last = chats(emulator)
    assert page.json["tools"] == [{"url_content_extraction": {}}]
    (result,) = (one for one in last.json["messages"] if one["role"] == "function")
    assert "Там цена: 89 рублей" in json.loads(result["content"])["result"]


def test_gemini_cli_is_told_that_nothing_was_searched(
    gemini: GeminiCli, emulator: Emulator
) -> None:
    emulator.switch(v2_tools="none")
    emulator.script.add(call("google_web_search", query="погода"), "Не знаю.")
    assert gemini.asked("Какая погода?").strip() == "Не знаю."
    (result,) = (one for one in chats(emulator)[-1].json["messages"] if one["role"] == "function")
    assert "Web search is not available here" in result["content"]
