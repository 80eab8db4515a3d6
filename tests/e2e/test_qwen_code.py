"""Qwen Code: it writes a file, continues to read, edit and run, sees a picture, picks up a thread.

Its first request is 75 KB of functions and reminders, its content in parts.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import samples
from tests.support.client_program import ClientProgram
from tests.support.documented import settings_of
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part

from gigagate.emulator import Emulator, Received

FIRST = "Create the file hello.txt with the text Привет, мир"
THEN = (
    "Read the file notes.md, then replace `молоко 🥛` with `кефир «Ряженка»` in the file notes.md. "
    "Then run the command `wc -l < notes.md > lines.txt`"
)


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
        assert self.program.running() == []
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def qwen(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> Iterator[QwenCode]:
    emulator.switch(chunk_chars=1, functions_state_id="required")
    client = QwenCode(proxy, tmp_path / "home", folder)
    with client.program:
        yield client


def chats(emulator: Emulator) -> list[Received]:
    return [received for received in emulator.log if "chat" in received.path]


def test_qwen_code_works_through_a_task_in_two_runs(
    qwen: QwenCode, emulator: Emulator, folder: Path
) -> None:
    (folder / "notes.md").write_text("- хлеб 🍞\n- молоко 🥛\n")
    for task in ((FIRST,), (THEN, "--continue")):
        assert "Готово ✅" in qwen.asked(*task)
    assert (folder / "hello.txt").read_text() == "Привет, мир"
    assert (folder / "notes.md").read_text() == "- хлеб 🍞\n- кефир «Ряженка»\n"
    assert (folder / "lines.txt").read_text().strip() == "2"

    assert [chat.status for chat in chats(emulator)] == [200] * 6
    messages = chats(emulator)[-1].json["messages"]
    called = [m["function_call"]["name"] for m in messages if "function_call" in m]
    assert called == ["write_file", "read_file", "edit", "run_shell_command"]
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
