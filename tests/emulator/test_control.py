"""Commands over HTTP, for tests in another process; and scripts, switches, reset."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gigagate.emulator import Answer, ConfigError, EmulatorConfig, EmulatorThread, FunctionCall
from gigagate.emulator.config import load_config

Start = Callable[..., EmulatorThread]
Connect = Callable[[EmulatorThread], httpx.Client]
CHAT = {"model": "GigaChat-2", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.fixture
def command(emulator: EmulatorThread) -> Callable[..., httpx.Response]:
    origin = emulator.base_url.removesuffix("/api/v1")

    def post(name: str, given: Any = None) -> httpx.Response:
        return httpx.post(f"{origin}/emulator/{name}", json=given)

    return post


def content(client: httpx.Client) -> str:
    text: str = client.post("/chat/completions", json=CHAT).json()["choices"][0]["message"][
        "content"
    ]
    return text


Command = Callable[..., httpx.Response]


def test_faults_are_taken_singly_and_as_a_list(client: httpx.Client, command: Command) -> None:
    assert command("faults", {"status": 500}).status_code == 200
    assert command("faults", [{"status": 501}, {"status": 502}]).status_code == 200
    assert [client.get("/models").status_code for _ in range(4)] == [500, 501, 502, 200]


def test_a_script_is_played_before_the_players(client: httpx.Client, command: Command) -> None:
    command("script", ["Раз", {"text": "Два", "finish_reason": "length"}])
    assert [content(client), content(client)] == ["Раз", "Два"]
    assert "Вы написали" in content(client)


def test_switches_are_changed_while_it_runs(client: httpx.Client, command: Command) -> None:
    assert client.get("/models/GigaChat").status_code == 404
    assert command("switches", {"models": "all"}).status_code == 200
    assert client.get("/models/GigaChat").status_code == 200


def test_tokens_are_revoked(client: httpx.Client, command: Command) -> None:
    command("revoke")
    assert client.get("/models").status_code == 401


def test_the_log_is_read_without_being_logged(
    emulator: EmulatorThread, client: httpx.Client, command: Command
) -> None:
    content(client)
    origin = emulator.base_url.removesuffix("/api/v1")
    log = httpx.get(f"{origin}/emulator/log").json()
    assert log["oauth_calls"] == 1
    assert [r["target"] for r in log["requests"]] == [
        "/api/v2/oauth",
        "/api/v1/chat/completions",
    ]
    assert log["requests"][1]["json"] == CHAT
    assert log["requests"][1]["status"] == 200


def test_reset_forgets_everything(
    emulator: EmulatorThread, client: httpx.Client, command: Command
) -> None:
    command("faults", {"status": 500})
    command("script", ["Раз"])
    command("switches", {"models": "all"})
    command("reset")
    assert (emulator.log, emulator.oauth_calls, len(emulator.faults)) == ([], 0, 0)
    assert emulator.config.models == "current"
    assert client.get("/models").content == b'{"status":401,"message":"Unauthorized"}\n'


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("faults", {"oops": 1}, "oops"),
        ("faults", 7, "fault"),
        ("script", [{"oops": 1}], "oops"),
        ("switches", {"oops": 1}, "no switch 'oops'"),
        ("switches", {"models": "some"}, "models is one of current, all"),
        ("switches", {"chunk_chars": "many"}, "chunk_chars is a number"),
        ("switches", {"script": "text"}, "script is a list"),
        ("switches", [], "mapping"),
    ],
)
def test_wrong_commands_are_told_what_is_wrong(
    command: Command, name: str, given: Any, words: str
) -> None:
    answer = command(name, given)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_unknown_commands_are_404(command: Command) -> None:
    assert command("explode").status_code == 404


def test_answers_can_be_scripted_in_the_configuration(start: Start, connect: Connect) -> None:
    call = Answer(function_call=FunctionCall("f", {"a": 1}))
    client = connect(start(script=[call]))
    choice = client.post("/chat/completions", json=CHAT).json()["choices"][0]
    assert choice["message"]["function_call"] == {"name": "f", "arguments": {"a": 1}}


def test_a_configuration_is_read_from_yaml(tmp_path: Path) -> None:
    file = tmp_path / "emulator.yaml"
    file.write_text(
        "models: all\nchunk_delay: 0.5\nscript: [Раз]\n"
        "credentials:\n  - {client_id: a, client_secret: b, scope: GIGACHAT_API_CORP}\n"
    )
    config = load_config(file)
    assert (config.models, config.chunk_delay, config.script) == ("all", 0.5, ("Раз",))
    assert config.credentials[0].key == "YTpi"


@pytest.mark.parametrize("text", ["[]", "a: b: c", "oops: 1"])
def test_a_wrong_configuration_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "emulator.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load_config(file)


def test_every_switch_says_what_it_is() -> None:
    fields = EmulatorConfig.__dataclass_fields__.values()
    assert all(field.metadata["about"].endswith(".") for field in fields)
