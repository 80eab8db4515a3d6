"""./run.sh replay: what would be sent, the same every time, and nothing is."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow, tutils
from tests.support.cline_chat import CLINE_CHAT

from gigagate.cli import replay

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Привет"}]}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key either: nothing is signed."""
    nothing = tmp_path / "nothing"
    nothing.touch()
    for name in ("GIGACHAT_AUTH_KEY", "GIGACHAT_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("GIGAGATE_CONFIG", "GIGAGATE_ENV_FILE"):
        monkeypatch.setenv(name, str(nothing))
    monkeypatch.setenv("GIGAGATE_STATE_DIR", str(tmp_path / "state"))


def run(file: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    code = replay.main("replay", [str(file), *more])
    return code, capsys.readouterr().out


def saved(tmp_path: Path, content: Any) -> Path:
    file = tmp_path / "saved.json"
    file.write_text(json.dumps(content))
    return file


def test_a_request_is_shown_as_gigachat_would_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(saved(tmp_path, CHAT), capsys)
    assert code == 0
    assert "  • model 'gpt-4o' -> GigaChat-2-Max" in out
    assert "POST /v1/chat/completions" in out
    assert '"content": "Привет"' in out


def test_gigachats_api_that_it_would_take_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, CHAT | {"web_search_options": {}})
    _, told = run(file, capsys, "--json")
    upstream = json.loads(told)[0]["upstream"]
    assert (upstream["api"], upstream["path"]) == ("v2", "/v2/chat/completions")
    assert "GigaChat's API v2 was asked." in run(file, capsys)[1]


def test_the_same_request_prints_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(tmp_path, CLINE_CHAT)
    assert run(file, capsys) == run(file, capsys)


def test_a_fixture_says_where_it_was_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixture = {"method": "POST", "path": "/v1/embeddings", "body": {"model": "x", "input": "раз"}}
    code, out = run(saved(tmp_path, fixture), capsys, "--json")
    (outcome,) = json.loads(out)
    assert code == 0
    assert outcome["upstream"]["path"] == "/v1/embeddings"
    assert outcome["upstream"]["body"]["input"] == ["раз"]


def test_a_refused_request_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = saved(tmp_path, CHAT | {"messages": "?"})
    code, out = run(file, capsys)
    assert code == 1
    assert out.splitlines()[1].startswith("refused: 400 invalid_request: messages must be")
    _, out = run(file, capsys, "--json")
    assert json.loads(out)[0]["error"]["param"] == "messages"


def test_pictures_get_a_stand_in_for_their_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 40).decode()
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{png}"}}
    chat = CHAT | {"messages": [{"role": "user", "content": [part]}]}
    code, out = run(saved(tmp_path, chat), capsys, "--json")
    assert code == 0
    (attachment,) = json.loads(out)[0]["upstream"]["body"]["messages"][0]["attachments"]
    assert attachment.startswith("<id of a file: image, ")


def test_flows_are_read_and_what_is_no_request_of_a_client_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "flows"
    with file.open("wb") as opened:
        writer = FlowWriter(opened)
        writer.add(tflow.tflow(req=tutils.treq(method="GET", path="/health")))
        content = json.dumps(CHAT).encode()
        writer.add(tflow.tflow(req=tutils.treq(method="POST", path=replay.CHAT, content=content)))
    code, out = run(file, capsys, "--json")
    assert code == 0
    (outcome,) = json.loads(out)
    assert outcome["upstream"]["body"]["model"] == "GigaChat-2-Max"


@pytest.mark.parametrize("content", [b"", b"{", b"\x00nonsense", b"4:abcd}"])
def test_a_file_of_another_kind_is_an_error_of_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert replay.main("replay", [str(file)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_file_is_an_error_of_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replay.main("replay", [str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err == f"gigagate: {tmp_path}/none: No such file or directory\n"


def test_an_error_is_told_as_its_client_would_be_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixture = {"method": "POST", "path": "/v1/messages", "body": {"model": "claude", "messages": 1}}
    code, out = run(saved(tmp_path, fixture), capsys, "--json")
    (told,) = json.loads(out)
    assert code == 1
    assert (told["type"], told["error"]["type"]) == ("error", "invalid_request_error")


def test_a_bare_body_speaks_the_api_whose_path_is_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"model": "gigachat", "max_tokens": 9, "system": "Кратко", **CHAT}
    code, out = run(saved(tmp_path, asked), capsys, "--path", "/v1/messages", "--json")
    (told,) = json.loads(out)
    assert code == 0
    assert [m["role"] for m in told["upstream"]["body"]["messages"]] == ["system", "user"]


def a_session(tmp_path: Path, sent: list[Any]) -> Path:
    """Two steps of a task, and what GigaChat was sent for each."""
    talk: list[dict[str, Any]] = []
    file = tmp_path / "flows.mitm"
    with file.open("wb") as opened:
        for number, then in enumerate(sent):
            talk.append({"role": "user", "content": f"words {number}"})
            body = json.dumps({"model": "gpt-4o", "messages": talk}).encode()
            request = tutils.treq(method=b"POST", path=b"/v1/chat/completions", content=body)
            answer = {"role": "assistant", "content": f"answer {number}"}
            told = json.dumps({"choices": [{"message": answer}]}).encode()
            flow = tflow.tflow(req=request, resp=tutils.tresp(content=told))
            if then is not None:
                flow.metadata["gigachat.request"] = json.dumps(then).encode()
            FlowWriter(opened).add(flow)
            talk.append(answer)
    return file


def test_each_step_of_a_session_is_compared_with_what_was_sent_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"model": "GigaChat-2-Max", "messages": [{"role": "user", "content": "words 0"}]}
    file = a_session(tmp_path, [body, {**body, "temperature": 2}, None])
    code, out = run(file, capsys, "--then")
    assert code == 1
    assert out.startswith("words 0\nstep 1: as it was sent then\nstep 2:\n")
    assert '\n  -   "temperature": 2' in out
    assert '"content": "words 1"' in out
    assert out.endswith(
        "step 3: what was sent then is not in the file\n\n1 of 3 differ from what was sent then.\n"
    )
    _, told = run(file, capsys, "--then", "--json")
    steps = json.loads(told)
    assert [(one["session"], one["step"], one["differs"]) for one in steps] == [
        *(("words 0", 1, False), ("words 0", 2, True), ("words 0", 3, False)),
    ]
    assert steps[0]["upstream"]["body"]["model"] == "GigaChat-2-Max"


def test_ids_of_files_are_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 30).decode()
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
    chat = {"model": "gpt-4o", "messages": [{"role": "user", "content": [part]}]}
    _, told = run(saved(tmp_path, chat), capsys, "--json")
    body = json.loads(told)[0]["upstream"]["body"]
    assert body["messages"][0]["attachments"]
    body["messages"][0]["attachments"] = ["the-id-of-that-day"]
    request = tutils.treq(
        method=b"POST", path=b"/v1/chat/completions", content=json.dumps(chat).encode()
    )
    flow = tflow.tflow(req=request, resp=True)
    flow.metadata["gigachat.request"] = json.dumps(body).encode()
    with (file := tmp_path / "flows.mitm").open("wb") as opened:
        FlowWriter(opened).add(flow)
    code, out = run(file, capsys, "--then")
    assert (code, "as it was sent then" in out) == (0, True)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(400, 0, "refused, as it was then\n"), (200, 1, "refused today: invalid_request: ")],
)
def test_what_was_refused_then_too_is_no_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, code: int, words: str
) -> None:
    request = tutils.treq(method=b"POST", path=b"/v1/chat/completions", content=b"{}")
    with (file := tmp_path / "flows.mitm").open("wb") as opened:
        answer = tutils.tresp(status_code=status, content=b"{}")
        FlowWriter(opened).add(tflow.tflow(req=request, resp=answer))
    ended, out = run(file, capsys, "--then")
    assert (ended, words in out) == (code, True)


def test_a_file_without_chats_is_not_as_it_was_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file := tmp_path / "flows.mitm").touch()
    assert replay.main("replay", [str(file), "--then"]) == 1
    assert "no chat of a client is in it" in capsys.readouterr().err
