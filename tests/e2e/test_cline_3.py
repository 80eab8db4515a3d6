"""The Cline of today, with native tools: it reads a file, edits it, runs a command, and ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.support import samples
from tests.support.agent_task import EDIT, chats, functions_called, is_edited
from tests.support.client_program import ClientProgram
from tests.support.ports import free_port
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.saved_sessions import SavedSessions, called, hows

from gigagate.emulator import Emulator

SAVES_FLOWS = True
COMPATIBLE, NATIVE = "openai-compatible", "openai-native"
"""Providers of Cline: the one speaks Chat Completions, the other Responses."""
ANTHROPIC, GEMINI = "anthropic", "gemini"
"""Providers that take an address from their settings alone."""
MODELS = {GEMINI: "gemini-3-gigachat-2-max"}
"""Only to a name that begins so does the provider `gemini` offer its tools."""


def cline_3_at(home: Path) -> ClientProgram:
    """Without telemetry and updates, and without the daemon that would outlive it."""
    settings = home / "global-settings.json"
    home.mkdir()
    settings.write_text('{"telemetryOptOut":true,"autoUpdateEnabled":false}')
    environment = {
        "CLINE_GLOBAL_SETTINGS_PATH": str(settings),
        "CLINE_SESSION_BACKEND_MODE": "local",
        "CLINE_HUB_PORT": str(free_port()),
    }
    return ClientProgram(require_real_part("cline 3"), home, environment)


def set_address(home: Path, provider: str, url: str) -> None:
    """Its settings have a field for it; its command `auth` takes none for these providers."""
    file = home / ".cline" / "data" / "settings" / "providers.json"
    settings = json.loads(file.read_text())
    settings["providers"][provider]["settings"]["baseUrl"] = url
    file.write_text(json.dumps(settings))


def solve(
    proxy: Proxy, folder: Path, home: Path, task: str, provider: str = COMPATIBLE
) -> list[dict[str, Any]]:
    """What Cline reported of its run in `folder`, line by line; the last is the result."""
    with cline_3_at(home) as cline:
        model = MODELS.get(provider, "GigaChat-2-Max")
        account = ("-p", provider, "-k", "the-clients-key", "-m", model)
        address = () if provider in (ANTHROPIC, GEMINI) else ("-b", proxy.base_url)
        set_up = cline.run("auth", *account, *address, folder=folder)
        assert set_up.returncode == 0, set_up.stderr
        if not address:
            set_address(home, provider, proxy.url)
        how = ("-P", provider, "-m", model, "-c", str(folder), "--json")
        done = cline.run(*how, task, folder=folder)
        assert cline.stays() == []
    assert done.returncode == 0, done.stdout
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert said[-1]["type"] == "run_result"
    assert said[-1]["finishReason"] == "completed"
    return said


PATCH = """\
*** Begin Patch
*** Update File: notes.md
@@
-- молоко 🥛
+- кефир «Ряженка»
*** End Patch"""


@pytest.mark.parametrize("provider", [COMPATIBLE, ANTHROPIC])
def test_cline_3_works_through_a_task_with_native_tools(
    proxy: Proxy,
    emulator: Emulator,
    tmp_path: Path,
    folder: Path,
    provider: str,
    sessions: SavedSessions,
) -> None:
    emulator.switch(chunk_chars=1)
    said = solve(proxy, folder, tmp_path / "home", EDIT, provider)
    assert said[-1]["usage"]["cacheReadTokens"] > 0
    assert is_edited(folder)
    check(emulator, ["read_files", "editor", "run_commands"])
    is_one_session(sessions, ["read_files", "editor", "run_commands"])


def test_cline_3_works_through_a_task_in_responses(
    proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path, sessions: SavedSessions
) -> None:
    """Patches take the place of the editor, and two tools are OpenAI's own."""
    emulator.switch(chunk_chars=1)
    emulator.script.add(
        call("read_files", files=[{"path": str(folder / "notes.md")}]),
        call("apply_patch", input=PATCH),
        call("run_commands", commands=["wc -l < notes.md > lines.txt"]),
        "Готово ✅",
    )
    said = solve(proxy, folder, tmp_path / "home", "Сделай всё", NATIVE)
    assert said[-1]["text"] == "Готово ✅"
    assert said[-1]["usage"]["cacheReadTokens"] > 0
    assert is_edited(folder)
    check(emulator, ["read_files", "apply_patch", "run_commands"])
    is_one_session(sessions, ["read_files", "apply_patch", "run_commands"])


def is_one_session(sessions: SavedSessions, tools: list[str]) -> None:
    (session,) = sessions.of(requests=4)
    assert hows(session) == ["began", "continued", "continued", "continued"]
    assert called(session) == tools


def call(name: str, **arguments: object) -> dict[str, object]:
    return {"function_call": {"name": name, "arguments": arguments}}


def assert_answered(emulator: Emulator, times: int) -> None:
    """Tools of GigaChat's own take a task to its second API, which may refuse a role at first:
    once, for what it refuses is remembered."""
    statuses = [chat.status for chat in chats(emulator)]
    assert [status for status in statuses if status != 400] == [200] * times
    second = [chat for chat in chats(emulator) if "/v2/" in chat.path]
    assert statuses.count(400) <= bool(second)


def check(emulator: Emulator, called: list[str]) -> None:
    assert_answered(emulator, 4)
    messages = chats(emulator)[-1].json["messages"]
    assert functions_called(messages) == called
    for message in messages:
        parts = message["content"] if isinstance(message["content"], list) else [message]
        for part in parts:
            if message["role"] == "function" and "function_result" in part:
                assert json.loads(part["function_result"]["result"])
            elif message["role"] == "function":
                assert json.loads(part["content"])
    assert len({chat.header("x-session-id") for chat in chats(emulator)}) == 1


@pytest.mark.parametrize(("provider", "number"), [(COMPATIBLE, 1), (NATIVE, 2)])
def test_cline_3_shows_gigachat_a_picture(
    proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path, provider: str, number: int
) -> None:
    (folder / "red.png").write_bytes(samples.png(number))
    said = solve(proxy, folder, tmp_path / "home", "Read the file red.png", provider)
    assert "Файлов вижу: 1" in said[-1]["text"]

    (upload,) = (received for received in emulator.log if received.path.endswith("/files"))
    assert samples.png(number) in upload.body
    assert_answered(emulator, 2)
    shown = chats(emulator)[-1].json["messages"][-1]
    assert shown["role"] == "user"
    parts = shown["content"] if isinstance(shown["content"], list) else []
    assert (
        len(shown.get("attachments") or [file for one in parts for file in one.get("files", ())])
        == 1
    )


def test_cline_3_works_through_a_task_by_its_provider_for_gemini(
    proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path
) -> None:
    emulator.switch(chunk_chars=1)
    solve(proxy, folder, tmp_path / "home", EDIT, GEMINI)
    assert is_edited(folder)

    found = chats(emulator)
    assert [chat.status for chat in found] == [200] * 4
    assert {chat.json["model"] for chat in found} == {"GigaChat-2-Max"}
    messages = found[-1].json["messages"]
    assert functions_called(messages) == ["read_files", "editor", "run_commands"]
    assert len({chat.header("x-session-id") for chat in found}) == 1
