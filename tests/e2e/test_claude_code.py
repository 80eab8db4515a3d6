"""Claude Code: an agent's task with all its tools, a stream that breaks, a context that overflows.

Its documented environment variables alone.  One request has 50 KB: a system message behind the
first user's, tools whose schema comes only once they are searched for.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import samples
from tests.support.agent_task import chats, functions_called, is_edited
from tests.support.client_program import ClientProgram
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.saved_sessions import SavedSessions, called, hows

from gigagate.emulator import Emulator
from gigagate.emulator.v2_routes import FOUND, SOURCES

SAVES_FLOWS = True
RUSSIAN = "Съешь ещё этих мягких французских булок, «да выпей чаю» ☕\n"


class ClaudeCode:
    def __init__(self, proxy: Proxy, home: Path, folder: Path) -> None:
        environment = {
            "ANTHROPIC_BASE_URL": proxy.url,
            "ANTHROPIC_AUTH_TOKEN": "any",
            "ANTHROPIC_MODEL": "GigaChat-2-Max",
            "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "131072",
            "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "8192",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        }
        if os.geteuid() == 0:
            environment["IS_SANDBOX"] = "1"
        self.program = ClientProgram(require_real_part("claude code"), home, environment)
        self.folder = folder

    def asked(self, prompt: str, *arguments: str) -> str:
        done: subprocess.CompletedProcess[str]
        bypass = ("--permission-mode", "bypassPermissions")
        done = self.program.run("-p", prompt, *bypass, *arguments, folder=self.folder, seconds=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def claude(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> Iterator[ClaudeCode]:
    emulator.switch(chunk_chars=1)
    client = ClaudeCode(proxy, tmp_path / "home", folder)
    with client.program:
        yield client


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"function_call": {"name": name, "arguments": arguments}}


def test_claude_code_works_through_a_task(
    claude: ClaudeCode, emulator: Emulator, folder: Path, sessions: SavedSessions
) -> None:
    (folder / "red.png").write_bytes(samples.png(1))
    notes = str(folder / "notes.md")
    emulator.script.add(
        call("Read", file_path=notes),
        call("Edit", file_path=notes, old_string="молоко 🥛", new_string="кефир «Ряженка»"),
        call("Bash", command="cat there-is-no-such-file", description="Fails"),
        call("Bash", command="wc -l < notes.md > lines.txt", description="Counts lines"),
        call("Write", file_path=str(folder / "hello.txt"), content=RUSSIAN),
        call("Read", file_path=str(folder / "red.png")),
        call("ToolSearch", query="select:WebFetch", max_results=1),
        "Всё готово ✅ «булки»",
    )
    assert claude.asked("Сделай всё по порядку").strip() == "Всё готово ✅ «булки»"
    assert is_edited(folder)
    assert (folder / "hello.txt").read_text() == RUSSIAN

    found = chats(emulator)
    assert [chat.status for chat in found] == [200] * 8
    messages = found[-1].json["messages"]
    assert functions_called(messages) == [
        *("Read", "Edit", "Bash", "Bash", "Write", "Read", "ToolSearch"),
    ]
    results = [json.loads(one["content"]) for one in messages if one["role"] == "function"]
    assert "there-is-no-such-file" in results[2]["error"]
    assert results[-1] == {"result": "Loaded: WebFetch"}
    offered = [{one["name"] for one in chat.json["functions"]} for chat in found]
    assert "WebFetch" not in offered[0]
    assert "WebFetch" in offered[-1]
    assert sum(bool(one.get("attachments")) for one in messages) == 1
    assert "x-anthropic-billing-header" not in messages[0]["content"]

    (session,) = sessions.of(requests=8)
    assert hows(session) == ["began", *["continued"] * 7]
    assert called(session) == functions_called(messages)
    assert "Сделай всё по порядку" in session.title


def test_claude_code_makes_two_calls_in_one_turn(
    emulator: Emulator, tmp_path: Path, folder: Path
) -> None:
    """By GigaChat's second API, whose answer may hold several: both are run, both results told."""
    settings = {"upstream": {"api": "v2"}}
    notes = str(folder / "notes.md")
    both = [
        {"name": "Read", "arguments": {"file_path": notes}},
        {"name": "Bash", "arguments": {"command": "echo «вторая» ☕", "description": "Says so"}},
    ]
    emulator.script.add({"function_calls": both}, "Обе готовы ✅")
    with Proxy(emulator, tmp_path, settings=settings) as proxy:
        client = ClaudeCode(proxy, tmp_path / "home", folder)
        with client.program:
            assert client.asked("Сделай обе сразу").strip() == "Обе готовы ✅"
    found = chats(emulator)
    assert {chat.path for chat in found} == {"/api/v2/chat/completions"}
    assert (found[0].status, found[-1].status) == (200, 200)
    told = json.dumps(found[-1].json["messages"], ensure_ascii=False)
    assert told.count('"function_result"') == 2
    assert "молоко 🥛" in told
    assert "«вторая» ☕" in told


def test_claude_code_survives_a_stream_that_breaks_off(
    claude: ClaudeCode, emulator: Emulator
) -> None:
    emulator.script.add("Жил-был король", "Жил долго.")
    emulator.faults.add(path="/chat/completions", close="clean", after_events=8)
    assert claude.asked("Расскажи сказку").strip() == "Жил долго."
    assert [chat.status for chat in chats(emulator)] == [200, 200]


def test_claude_code_makes_a_conversation_shorter_that_is_too_long(
    claude: ClaudeCode, emulator: Emulator, folder: Path, sessions: SavedSessions
) -> None:
    """It is told so in the words it knows, asks for a summary, and goes on with the task."""
    emulator.script.add(call("Read", file_path=str(folder / "notes.md")), "Прочитал.")
    assert claude.asked("Прочитай notes.md").strip() == "Прочитал."
    emulator.log.clear()
    emulator.script.add(
        "<summary>Пересказ: читали «notes.md»</summary>",
        call("Write", file_path=str(folder / "hello.txt"), content=RUSSIAN),
        "Готово после сжатия ✅",
    )
    body = json.dumps({"status": 422, "message": "Unprocessable Entity"})
    emulator.faults.add(path="/chat/completions", status=422, body=body)
    assert claude.asked("Напиши hello.txt", "--continue").strip() == "Готово после сжатия ✅"
    assert (folder / "hello.txt").read_text() == RUSSIAN
    found = chats(emulator)
    assert [chat.status for chat in found] == [422, 200, 200, 200]
    assert "Пересказ" in json.dumps(found[-1].json["messages"], ensure_ascii=False)

    (session,) = sessions.of(requests=6)
    assert hows(session)[:2] == ["began", "continued"]
    assert hows(session).count("compacted") == 1
    assert hows(session)[-1] == "continued"
    assert [step.failed for step in session.steps].count(True) == 1
    assert called(session) == ["Read", "Write"]


def test_its_web_search_finds_real_pages(
    claude: ClaudeCode, emulator: Emulator, sessions: SavedSessions
) -> None:
    """The search is a request of its own, which goes to GigaChat's second API."""
    emulator.script.add(
        call("ToolSearch", query="select:WebSearch", max_results=1),
        call("WebSearch", query="почём молоко"),
        {"text": FOUND, "tools": ["web_search"], "sources": SOURCES},
        "Молоко по 89 ✅",
    )
    assert claude.asked("Найди, почём молоко").strip() == "Молоко по 89 ✅"
    *_, search, last = chats(emulator)
    assert search.path.endswith("/v2/chat/completions")
    assert search.json["tools"] == [{"web_search": {}}]
    (*_, result) = [one for one in last.json["messages"] if one["role"] == "function"]
    for page in SOURCES.values():
        assert page["url"] in result["content"]
        assert page["title"] in result["content"]
    assert "Молоко стоит 89 рублей." in result["content"]
    (session,) = sessions.of(requests=4)
    assert hows(session) == ["began", "continued", "continued"]
    (aside,) = session.beside
    assert "Молоко" in aside.text
