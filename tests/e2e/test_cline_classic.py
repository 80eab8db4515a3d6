"""The Cline of VS Code's extension 3.x finishes a small task: it writes a file GigaChat describes.

By the model's name it decides how tools are called: as XML in the text, or natively.
"""

import json
from pathlib import Path

import pytest
from tests.support.agent_task import CREATE, chats, is_created
from tests.support.client_program import ClientProgram
from tests.support.proxy import Proxy
from tests.support.real_parts import require_real_part
from tests.support.saved_sessions import SavedSessions, hows

from gigagate.emulator import Emulator

SAVES_FLOWS = True


def cline_at(home: Path) -> ClientProgram:
    """With its telemetry switched off, which nothing but this file does."""
    settings = home / ".cline" / "data" / "globalState.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"telemetrySetting":"disabled"}')
    return ClientProgram(require_real_part("cline"), home)


@pytest.mark.parametrize(
    ("model", "path", "native"),
    [
        ("GigaChat-2-Max", "/v1", False),
        ("gigachat", "", False),
        ("claude-sonnet-4-5", "/v1/", True),
    ],
)
def test_cline_creates_a_file(
    proxy: Proxy,
    emulator: Emulator,
    tmp_path: Path,
    folder: Path,
    model: str,
    path: str,
    native: bool,
    sessions: SavedSessions,
) -> None:
    emulator.switch(chunk_chars=1)
    with cline_at(tmp_path / "home") as cline:
        account = ("-p", "openai", "-k", "the-clients-key", "-m", model)
        base_url = f"http://localhost:{proxy.port}{path}"
        set_up = cline.run("auth", *account, "-b", base_url, folder=folder)
        assert set_up.returncode == 0, set_up.stderr
        done = cline.run("-y", "--json", "-c", str(folder), CREATE, folder=folder)
        assert cline.stays() == []

    assert done.returncode == 0, done.stdout
    said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert said[-1]["say"] == "completion_result"
    assert "error" not in {line["say"] for line in said if line["type"] == "say"}
    assert is_created(folder)

    assert [chat.status for chat in chats(emulator)] == [200, 200]
    for chat in chats(emulator):
        assert chat.json["model"] == "GigaChat-2-Max"
        assert {type(message["content"]) for message in chat.json["messages"]} == {str}
        assert bool(chat.json.get("functions")) is native

    (session,) = sessions.of(requests=2)
    assert hows(session) == ["began", "continued"]
    assert CREATE in session.title
    assert [call.name for call in session.steps[0].calls] == ["write_to_file"] * native


EDIT = """<replace_in_file>
<path>notes.md</path>
<diff>
------- SEARCH
- молоко 🥛
=======
- кефир 🥛
- if a < b && c > d: "x"
+++++++ REPLACE
</diff>
</replace_in_file>"""


def test_cline_edits_a_file_while_gigachat_has_a_bad_day(
    proxy: Proxy, emulator: Emulator, tmp_path: Path, folder: Path, sessions: SavedSessions
) -> None:
    emulator.switch(chunk_chars=1, wire_bytes=7)
    emulator.script.add(
        "Прочту файл.\n\n<read_file>\n<path>notes.md</path>\n</read_file>",
        EDIT,
        "<attempt_completion>\n<result>Готово ✅</result>\n</attempt_completion>",
    )
    expired = '{"status":401,"message":"Token has expired"}'
    emulator.faults.add(path="/chat/completions", status=401, body=expired)
    emulator.faults.add(path="/chat/completions", status=503)
    (folder / "notes.md").write_text("# Купить\n- хлеб 🍞\n- молоко 🥛\n")
    with cline_at(tmp_path / "home") as cline:
        account = ("-p", "openai", "-k", "the-clients-key", "-m", "GigaChat-2-Max")
        cline.run("auth", *account, "-b", proxy.base_url, folder=folder)
        done = cline.run("-y", "--json", "-c", str(folder), "Замени молоко", folder=folder)
        assert cline.stays() == []

    assert done.returncode == 0, done.stdout
    expected = '# Купить\n- хлеб 🍞\n- кефир 🥛\n- if a < b && c > d: "x"\n'
    assert (folder / "notes.md").read_text() == expected
    assert [chat.status for chat in chats(emulator)] == [401, 503, 200, 200, 200]
    assert "- хлеб 🍞" in chats(emulator)[-2].json["messages"][-1]["content"]

    (session,) = sessions.of(requests=3)
    assert hows(session) == ["began", "continued", "continued"]
    assert [len(step.facts.attempts) for step in session.steps] == [3, 1, 1]
    assert "- хлеб 🍞" in str(session.steps[1].added)
