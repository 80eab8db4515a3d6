"""opencode works through a task and a second turn, and sees what goes wrong on the way.

It asks for a title of the conversation at the same time as for the first answer: two requests where
GigaChat allows a person one.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.support.agent_task import (
    CREATE,
    EDIT,
    chats,
    functions_called,
    is_created,
    is_edited,
)
from tests.support.client_program import ClientProgram
from tests.support.documented import settings_of
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part

from gigagate.emulator import Emulator

MODEL = "GigaChat-2-Max"
NO_TITLE = ("--title", "a title of ours")
"""Then opencode does not ask for one: the first request is that of the task."""


def opencode_at(home: Path, proxy: Proxy) -> ClientProgram:
    """As documented but with titles; no list of models fetched, no updates, nothing published."""
    settings = json.loads(settings_of("opencode", proxy)) | {"agent": {}}
    settings |= {"autoupdate": False, "share": "disabled"}
    config = home / ".config" / "opencode" / "opencode.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps(settings))
    environment = {"OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_LSP_DOWNLOAD": "1"}
    return ClientProgram(require_real_part("opencode"), home, environment)


def events(
    opencode: ClientProgram, folder: Path, *arguments: str, code: int = 0
) -> Sequence[dict[str, Any]]:
    """What opencode reported of its run in `folder`, line by line."""
    how = ("run", "--format", "json", "-m", f"gigachat/{MODEL}")
    done = opencode.run(*how, *arguments, folder=folder)
    assert done.returncode == code, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def parts(said: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event["part"] for event in said if event["type"] == kind]


def test_opencode_works_through_a_task_and_a_second_turn(
    proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path
) -> None:
    emulator.switch(chunk_chars=1, concurrency=1, cache_seconds=600)
    with opencode_at(tmp_path / "home", proxy) as opencode:
        said = events(opencode, folder, EDIT)
        assert is_edited(folder)
        assert [part["tool"] for part in parts(said, "tool_use")] == ["read", "edit", "bash"]
        steps = parts(said, "step_finish")
        assert [step["reason"] for step in steps] == ["tool-calls"] * 3 + ["stop"]
        assert all(step["tokens"]["cache"]["read"] > 1000 for step in steps[1:])

        said = events(opencode, folder, "--continue", CREATE)
        assert is_created(folder)
        assert [part["tool"] for part in parts(said, "tool_use")] == ["write"]
        assert opencode.stays() == []

    assert {chat.status for chat in chats(emulator)} == {200}
    (title,) = (chat for chat in chats(emulator) if "functions" not in chat.json)
    assert "Generate a title" in title.json["messages"][-1]["content"]
    assert len(chats(emulator)) == 1 + 4 + 2
    messages = chats(emulator)[-1].json["messages"]
    assert functions_called(messages) == ["read", "edit", "bash", "write"]
    assert len({chat.header("x-session-id") for chat in chats(emulator)}) == 1


def test_opencode_repeats_by_itself_what_broke_off(
    proxy: Proxy, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.faults.add(path="/chat/completions", close="mid_stream", after_events=1)
    with opencode_at(tmp_path / "home", proxy) as opencode:
        said = events(opencode, tmp_path, *NO_TITLE, CREATE)
    assert "error" not in {event["type"] for event in said}
    assert is_created(tmp_path)
    assert len(chats(emulator)) == 3


def test_opencode_shows_what_gigachat_says_when_it_refuses(
    proxy: Proxy, emulator: Emulator, tmp_path: Path
) -> None:
    refusal = json.dumps({"status": 402, "message": "Payment Required"})
    emulator.faults.add(path="/chat/completions", status=402, body=refusal)
    with opencode_at(tmp_path / "home", proxy) as opencode:
        said = events(opencode, tmp_path, *NO_TITLE, CREATE, code=1)
    shown = said[-1]["error"]["data"]["message"]
    assert shown.startswith("GigaChat: Payment Required. The tokens paid for")
    assert len(chats(emulator)) == 1
