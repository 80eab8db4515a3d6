"""The Cline of today, with native tools: it reads a file, edits it, runs a command, and ends."""

import json
from pathlib import Path

from tests.support.client_program import ClientProgram
from tests.support.proxy import Proxy, free_port
from tests.support.real_parts import require_real_part

from gigagate.emulator import Emulator

PROVIDER = "openai-compatible"
MODEL = "GigaChat-2-Max"
TASK = (
    "Read the file notes.md, then replace `молоко 🥛` with `кефир «Ряженка»` in the file notes.md. "
    "Then run the command `wc -l < notes.md > lines.txt`"
)


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


def test_cline_3_works_through_a_task_with_native_tools(
    proxy: Proxy, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.switch(chunk_chars=1, functions_state_id="required")
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "notes.md").write_text("- хлеб 🍞\n- молоко 🥛\n")
    with cline_3_at(tmp_path / "home") as cline:
        account = ("-p", PROVIDER, "-k", "the-clients-key", "-m", MODEL)
        set_up = cline.run("auth", *account, "-b", proxy.base_url, folder=folder)
        assert set_up.returncode == 0, set_up.stderr
        how = ("-P", PROVIDER, "-m", MODEL, "-c", str(folder), "--json")
        done = cline.run(*how, TASK, folder=folder)
        assert cline.running() == []

    assert done.returncode == 0, done.stdout
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert said[-1]["type"] == "run_result"
    assert said[-1]["finishReason"] == "completed"
    assert said[-1]["usage"]["cacheReadTokens"] > 0
    assert (folder / "notes.md").read_text() == "- хлеб 🍞\n- кефир «Ряженка»\n"
    assert (folder / "lines.txt").read_text().strip() == "2"

    chats = [received for received in emulator.log if "chat" in received.path]
    assert [chat.status for chat in chats] == [200] * 4
    *_, calls = (chat.json["messages"] for chat in chats)
    called = [m["function_call"]["name"] for m in calls if "function_call" in m]
    assert called == ["read_files", "editor", "run_commands"]
    assert {type(message["content"]) for message in calls} == {str}
    assert all(json.loads(m["content"]) for m in calls if m["role"] == "function")
    assert len({chat.header("x-session-id") for chat in chats}) == 1
