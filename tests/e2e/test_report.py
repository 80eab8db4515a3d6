"""A real client's task, saved as it went, as one report: Claude Code, with a compaction."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.test_claude_code import RUSSIAN, ClaudeCode, call
from tests.support import agent_task
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

CLIENT_KEY = "sk-client-key-0123456789abcdefghij"


class Saved:
    def __init__(self, emulator: Emulator, proxy: Proxy, folder: Path) -> None:
        self.emulator, self.proxy, self.flows = emulator, proxy, folder / "flows.mitm"
        self.folder = agent_task.work_folder(folder)

    def report(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "gigagate", "report", str(self.flows), *arguments]
        done = subprocess.run(
            command, env=self.proxy.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def saved(tmp_path: Path) -> Iterator[Saved]:
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(config, state_dir=tmp_path / "emulator") as emulator:
        with Proxy(emulator, tmp_path, "-w", str(tmp_path / "flows.mitm")) as proxy:
            yield Saved(emulator, proxy, tmp_path)


def test_a_task_of_claude_codes_is_one_conversation(saved: Saved, tmp_path: Path) -> None:
    emulator, folder = saved.emulator, saved.folder
    notes = str(folder / "notes.md")
    claude = ClaudeCode(saved.proxy, tmp_path / "home", folder)
    with claude.program:
        emulator.script.add(
            call("Read", file_path=notes),
            call("Bash", command="cat there-is-no-such-file", description="Fails"),
            "Прочитал.",
        )
        assert claude.asked("Прочитай notes.md").strip() == "Прочитал."
        emulator.script.add(
            "<summary>Пересказ всей работы: читали «notes.md», больше ничего</summary>",
            call("Write", file_path=str(folder / "hello.txt"), content=RUSSIAN),
            "Готово после сжатия ✅",
        )
        body = json.dumps({"status": 422, "message": "Unprocessable Entity"})
        emulator.faults.add(path="/chat/completions", status=422, body=body)
        assert claude.asked("Напиши hello.txt", "--continue").strip() == "Готово после сжатия ✅"
    saved.proxy.stop()
    (session,) = json.loads(saved.report("--json"))
    steps = session["steps"]
    hows = [(step["how"], step["status"]) for step in steps]
    assert hows[:3] == [("began", 200), ("continued", 200), ("continued", 200)]
    assert [how for how, _ in hows].count("compacted") == 1
    assert session["totals"]["errors"] == 1
    assert "молоко" in steps[0]["answer"]["calls"][0]["result"]
    assert "there-is-no-such-file" in steps[1]["answer"]["calls"][0]["result"]
    page = tmp_path / "report.html"
    saved.report("-o", str(page))
    text = page.read_text()
    assert "Готово после сжатия" in text
    assert emulator.authorization_key not in text
