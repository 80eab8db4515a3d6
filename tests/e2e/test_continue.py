"""Continue's command line: it writes a file, resumes to read, edit and run, and shows errors."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
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
CHATS = "/chat/completions"
EXPIRED = '{"status":401,"message":"Token has expired"}'


class Continue:
    """As documented: the model in ~/.continue/config.yaml.  Nothing is told to anybody."""

    def __init__(self, proxy: Proxy, home: Path, folder: Path) -> None:
        settings = home / ".continue" / "config.yaml"
        settings.parent.mkdir(parents=True)
        settings.write_text(settings_of("Continue", proxy))
        silent = {"CONTINUE_METRICS_ENABLED": "0", "CONTINUE_CLI_ENABLE_TELEMETRY": "0"}
        self.program = ClientProgram(require_real_part("continue"), home, silent)
        self.sessions = home / ".continue" / "sessions"
        self.folder = folder

    def asked(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self.program.run("-p", "--auto", *arguments, folder=self.folder)
        assert self.program.running() == []
        return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.fixture
def cn(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> Iterator[Continue]:
    emulator.switch(chunk_chars=1, functions_state_id="required")
    client = Continue(proxy, tmp_path / "home", folder)
    with client.program:
        yield client


def chats(emulator: Emulator) -> list[Received]:
    return [received for received in emulator.log if received.path.endswith(CHATS)]


def error(done: subprocess.CompletedProcess[str]) -> str:
    """What is shown of a failed run, which shows no answer."""
    assert done.returncode == 1
    assert done.stdout.strip() == ""
    told = json.loads(done.stderr)
    assert told["status"] == "error"
    message: str = told["message"]
    return message


def test_continue_works_through_a_task_in_two_runs(
    cn: Continue, emulator: Emulator, folder: Path
) -> None:
    (folder / "notes.md").write_text("- хлеб 🍞\n- молоко 🥛\n")
    for task in ((FIRST,), ("--resume", THEN)):
        done = cn.asked(*task)
        assert done.returncode == 0, done.stderr
        assert "Готово ✅" in done.stdout
    assert (folder / "hello.txt").read_text() == "Привет, мир"
    assert (folder / "notes.md").read_text() == "- хлеб 🍞\n- кефир «Ряженка»\n"
    assert (folder / "lines.txt").read_text().strip() == "2"

    assert [chat.status for chat in chats(emulator)] == [200] * 6
    messages = chats(emulator)[-1].json["messages"]
    called = [m["function_call"]["name"] for m in messages if "function_call" in m]
    assert called == ["Write", "Read", "Edit", "Bash"]
    assert {type(message["content"]) for message in messages} == {str}
    assert len({chat.header("x-session-id") for chat in chats(emulator)}) == 1

    (session,) = (path for path in cn.sessions.iterdir() if path.name != "sessions.json")
    usage = json.loads(session.read_text())["history"][-1]["message"]["usage"]
    assert usage["prompt_tokens"] > usage["prompt_tokens_details"]["cached_tokens"] > 0


@pytest.mark.parametrize("close", ["mid_stream", "clean"])
def test_an_answer_that_broke_off_is_no_answer_to_continue(
    cn: Continue, emulator: Emulator, close: str
) -> None:
    """Without an error event it takes what has come for the whole answer."""
    emulator.faults.add(path=CHATS, close=close, after_events=20)
    assert "broke off" in error(cn.asked("Расскажи сказку"))
    assert [chat.status for chat in chats(emulator)] == [200]


def test_a_call_that_broke_off_is_not_made(cn: Continue, emulator: Emulator, folder: Path) -> None:
    emulator.switch(stream_call="pieces")
    emulator.faults.add(path=CHATS, close="mid_stream", after_events=2)
    assert "broke off" in error(cn.asked(FIRST))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "body", "shown"),
    [
        (401, EXPIRED, "401 GigaChat rejected this proxy's authorization key"),
        (402, '{"status":402,"message":"Payment Required"}', "402 GigaChat: Payment Required."),
        (413, '{"status":413,"message":"Payload too large"}', "Context length exceeded:"),
    ],
)
def test_continue_shows_why_gigachat_refused(
    cn: Continue, emulator: Emulator, status: int, body: str, shown: str
) -> None:
    emulator.faults.add(path=CHATS, status=status, body=body, times=2)
    assert error(cn.asked("Привет")).startswith(shown)
