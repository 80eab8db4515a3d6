"""Codex by its config.toml alone: it writes a file; reads, edits and counts one in its shell."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.agent_task import CREATE, EDIT, chats, functions_called, is_created, is_edited
from tests.support.client_program import ClientProgram
from tests.support.documented import settings_of
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part

from gigagate.emulator import Emulator


@pytest.fixture
def codex(proxy: Proxy, tmp_path: Path) -> Iterator[ClientProgram]:
    config = tmp_path / "home" / ".codex" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(settings_of("Codex", proxy))
    program = require_real_part("codex")
    with ClientProgram(program, tmp_path / "home", {"GIGA_KEY": "any"}) as client:
        yield client


def asked(codex: ClientProgram, folder: Path, task: str) -> str:
    freely = "--dangerously-bypass-approvals-and-sandbox"
    done: subprocess.CompletedProcess[str]
    done = codex.run("exec", "--skip-git-repo-check", freely, task, folder=folder)
    assert done.returncode == 0, done.stderr
    assert "unsupported call" not in done.stderr
    assert "model metadata" not in done.stderr.lower()
    return done.stdout


def test_codex_works_through_a_task(codex: ClientProgram, emulator: Emulator, folder: Path) -> None:
    emulator.switch(chunk_chars=1)
    for task in (CREATE, EDIT):
        assert "Готово" in asked(codex, folder, task)
    assert is_created(folder)
    assert is_edited(folder)
    assert {chat.status for chat in chats(emulator)} == {200}
    called = functions_called(chats(emulator)[-1].json["messages"])
    assert len(called) == 3 and len(set(called)) == 1
