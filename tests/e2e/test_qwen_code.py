"""Qwen Code: it writes a file, continues to read, edit and run, sees a picture, picks up a thread.

Its first request is 75 KB of functions and reminders, its content in parts.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import samples
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


class QwenCode:
    """As documented: all in ~/.qwen/settings.json.  Nothing is told to anybody."""

    def __init__(self, proxy: Proxy, home: Path, folder: Path) -> None:
        settings = json.loads(settings_of("Qwen Code", proxy))
        settings["general"] = {"enableAutoUpdate": False}
        file = home / ".qwen" / "settings.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(settings))
        self.program = ClientProgram(require_real_part("qwen code"), home)
        self.folder = folder

    def asked(self, *arguments: str) -> str:
        done: subprocess.CompletedProcess[str]
        done = self.program.run("--yolo", "-p", *arguments, folder=self.folder)
        assert self.program.stays() == []
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def qwen(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> Iterator[QwenCode]:
    emulator.switch(chunk_chars=1)
    client = QwenCode(proxy, tmp_path / "home", folder)
    with client.program:
        yield client


def test_qwen_code_works_through_a_task_in_two_runs(
    qwen: QwenCode, emulator: Emulator, folder: Path
) -> None:
    for task in ((CREATE,), (EDIT, "--continue")):
        assert "Готово ✅" in qwen.asked(*task)
    assert is_created(folder)
    assert is_edited(folder)

    assert [chat.status for chat in chats(emulator)] == [200] * 6
    messages = chats(emulator)[-1].json["messages"]
    assert functions_called(messages) == ["write_file", "read_file", "edit", "run_shell_command"]
    assert {type(message["content"]) for message in messages} == {str}


def test_qwen_code_shows_gigachat_a_picture(
    qwen: QwenCode, emulator: Emulator, folder: Path
) -> None:
    (folder / "red.png").write_bytes(samples.png(1))
    assert "Файлов вижу: 1" in qwen.asked("Read the file red.png")
    uploads = [received.status for received in emulator.log if received.path.endswith("/files")]
    assert uploads == [200]
    assert [chat.status for chat in chats(emulator)] == [200, 200]


def test_qwen_code_has_an_answer_that_broke_off_continued(
    qwen: QwenCode, emulator: Emulator
) -> None:
    emulator.script.add("Жил-был король", "и жил долго.")
    emulator.faults.add(path="/chat/completions", close="clean", after_events=8)
    assert qwen.asked("Расскажи сказку").strip() == "Жил-был и жил долго."
    assert [chat.status for chat in chats(emulator)] == [200, 200]
