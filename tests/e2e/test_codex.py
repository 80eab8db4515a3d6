"""Codex by its config.toml alone: its shell, a tool of an MCP server, a picture, an answer of a
schema, a web search, and a conversation it makes shorter in both its ways.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.support import samples
from tests.support.agent_task import CREATE, EDIT, chats, functions_called, is_created, is_edited
from tests.support.client_program import ClientProgram
from tests.support.documented import settings_of
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.saved_sessions import SavedSessions, called, hows

from gigagate.emulator import Emulator
from gigagate.emulator.v2_routes import FOUND, SOURCES

SAVES_FLOWS = True
MCP_SERVER = Path(samples.__file__).with_name("mcp_weather.py")
FREELY = "--dangerously-bypass-approvals-and-sandbox"
OF_ITS_HOME = "could not create path aliases"
"""A warning of Codex about a home in a temporary folder."""
NEARLY_FULL = {"prompt_tokens": 125_000, "completion_tokens": 10, "total_tokens": 125_010}
"""Of the 131,072 that the catalogue tells."""
SUMMARY = "Пересказ: искали «notes.md» 🗒"


BUILT_IN = """\
model = "GigaChat-2-Max"
openai_base_url = "http://localhost:4000/v1"
web_search = "disabled"
"""
"""Codex's own provider, which asks for a WebSocket first."""


class Codex:
    def __init__(
        self, config: str, home: Path, folder: Path, key: Mapping[str, str] = {"GIGA_KEY": "any"}
    ) -> None:
        self._config = home / ".codex" / "config.toml"
        self._config.parent.mkdir(parents=True)
        self._config.write_text(config)
        self._folder = folder
        self.program = ClientProgram(require_real_part("codex"), home, key)

    def configure(self, old: str, new: str) -> None:
        text = self._config.read_text()
        assert old in text
        self._config.write_text(text.replace(old, new))

    def run(self, task: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ("exec", "--skip-git-repo-check", FREELY, *arguments, task)
        done: subprocess.CompletedProcess[str]
        done = self.program.run(*command, folder=self._folder, seconds=100)
        assert done.returncode == 0, done.stderr
        return done

    def asked(self, task: str, *arguments: str) -> str:
        done = self.run(task, *arguments)
        told = [line for line in done.stderr.lower().splitlines() if OF_ITS_HOME not in line]
        for complaint in ("unsupported call", "metadata", "warning", "error"):
            assert complaint not in "\n".join(told)
        return done.stdout.strip()


@pytest.fixture
def codex(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> Iterator[Codex]:
    emulator.switch(chunk_chars=1)
    client = Codex(settings_of("Codex", proxy), tmp_path / "home", folder)
    with client.program:
        yield client


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"function_call": {"name": name, "arguments": arguments}}


def test_codex_works_through_a_task(
    codex: Codex, emulator: Emulator, folder: Path, sessions: SavedSessions
) -> None:
    for task in (CREATE, EDIT):
        assert "Готово" in codex.asked(task)
    assert is_created(folder)
    assert is_edited(folder)
    assert {chat.status for chat in chats(emulator)} == {200}
    made = functions_called(chats(emulator)[-1].json["messages"])
    assert len(made) == 3 and len(set(made)) == 1

    first, second = sessions.of(requests=len(chats(emulator)))
    assert called(second) == made
    for session in (first, second):
        assert hows(session) == ["began", *["continued"] * (len(session.steps) - 1)]


def test_codex_calls_a_tool_of_an_mcp_server_and_looks_at_a_picture(
    codex: Codex, emulator: Emulator, folder: Path
) -> None:
    (folder / "red.png").write_bytes(samples.png(1))
    server = f"command = {json.dumps(sys.executable)}\nargs = [{json.dumps(str(MCP_SERVER))}]\n"
    codex.configure("\n[model_providers", f"\n[mcp_servers.weather]\n{server}\n[model_providers")
    emulator.script.add(
        call("mcp__weather.forecast", city="Омск"),
        call("view_image", path=str(folder / "red.png")),
        "Омск красный ✅",
    )
    assert codex.asked("Узнай погоду и взгляни на картинку") == "Омск красный ✅"
    first, *_, last = chats(emulator)
    assert "mcp__weather.forecast" in {one["name"] for one in first.json["functions"]}
    messages = last.json["messages"]
    assert functions_called(messages) == ["mcp__weather.forecast", "view_image"]
    results = [one["content"] for one in messages if one["role"] == "function"]
    assert "Омск: +5, ветер 3 м/с 🌬" in results[0]
    assert sum(bool(one.get("attachments")) for one in messages) == 1


def test_codex_gets_an_answer_of_its_schema(codex: Codex, folder: Path) -> None:
    properties = {"name": {"type": "string"}, "age": {"type": "integer"}}
    schema = {"type": "object", "properties": properties, "required": ["name", "age"]}
    form = folder / "schema.json"
    form.write_text(json.dumps(schema | {"additionalProperties": False}))
    answer = json.loads(codex.asked("Кто ты?", "--output-schema", str(form)))
    assert answer.keys() == {"name", "age"}
    assert isinstance(answer["age"], int)


@pytest.mark.parametrize("provider", ["GigaGate", "OpenAI"])
def test_codex_makes_a_conversation_shorter_in_time(
    codex: Codex, emulator: Emulator, folder: Path, provider: str, sessions: SavedSessions
) -> None:
    """A provider called OpenAI is asked for a sealed summary, any other for one in words."""
    codex.configure('name = "GigaGate"', f'name = "{provider}"')
    emulator.script.add(
        call("exec_command", cmd="cat notes.md") | {"usage": NEARLY_FULL},
        SUMMARY,
        call("exec_command", cmd="printf %s дальше > after.txt"),
        "Готово после сжатия ✅",
    )
    assert codex.asked("Прочитай notes.md и иди дальше") == "Готово после сжатия ✅"
    assert (folder / "after.txt").read_text() == "дальше"
    found = chats(emulator)
    assert [chat.status for chat in found] == [200] * 4
    assert not found[1].json.get("functions")
    assert any(SUMMARY in one["content"] for one in found[2].json["messages"])
    assert functions_called(found[2].json["messages"]) == []
    assert len({chat.header("x-session-id") for chat in found}) == 1

    (session,) = sessions.of(requests=4)
    assert len(session.steps) + len(session.beside) == 4
    assert hows(session).count("compacted") == 1
    assert called(session) == ["exec_command", "exec_command"]


def test_codex_searches_by_gigachat_beside_its_own_tools(
    codex: Codex, emulator: Emulator, folder: Path
) -> None:
    codex.configure('web_search = "disabled"', 'web_search = "live"')
    searched = {"text": FOUND, "tools": ["web_search"], "sources": SOURCES}
    emulator.script.add(call("exec_command", cmd="cat notes.md"), searched)
    done = codex.run("Найди, почём молоко", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    items = [event["item"] for event in events if event["type"] == "item.completed"]
    assert [one["type"] for one in items] == ["command_execution", "web_search", "agent_message"]
    assert items[1]["query"] == "Найди, почём молоко"
    assert items[2]["text"].startswith("Молоко стоит 89 рублей. Кошки")
    found = chats(emulator)
    assert {chat.path for chat in found} == {"/api/v2/chat/completions"}
    assert {"web_search": {}} in found[-1].json["tools"]


def test_codex_goes_on_without_a_websocket(
    proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path
) -> None:
    config = BUILT_IN.replace("http://localhost:4000/v1", proxy.base_url)
    client = Codex(config, tmp_path / "home", folder, {"OPENAI_API_KEY": "any"})
    emulator.script.add("Готово ✅")
    with client.program:
        done = client.run("Привет")
    assert done.stdout.strip() == "Готово ✅"
    assert "Reconnecting" not in done.stderr
