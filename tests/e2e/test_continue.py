"""Continue's command line: it writes a file, resumes to read, edit and run, and shows errors."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
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
        assert self.program.stays() == []
        return done


@pytest.fixture
def cn(proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path) -> Iterator[Continue]:
    emulator.switch(chunk_chars=1, cache_seconds=600)
    client = Continue(proxy, tmp_path / "home", folder)
    with client.program:
        yield client


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
    for task in ((CREATE,), ("--resume", EDIT)):
        done = cn.asked(*task)
        assert done.returncode == 0, done.stderr
        assert "Готово ✅" in done.stdout
    assert is_created(folder)
    assert is_edited(folder)

    assert [chat.status for chat in chats(emulator)] == [200] * 6
    messages = chats(emulator)[-1].json["messages"]
    assert functions_called(messages) == ["Write", "Read", "Edit", "Bash"]
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
    assert "broke off" in error(cn.asked(CREATE))
    assert not (folder / "hello.txt").exists()


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
