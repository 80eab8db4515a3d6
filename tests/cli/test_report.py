"""./run.sh report: saved flows and HAR to one page, or to JSON; whatever is in them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import http
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.io import FlowWriter
from mitmproxy.test import taddons, tflow, tutils
from tests.sessions.talks import TOOLS, calls, result, said, user

from gigagate.cli import report

KEY = "sk-0123456789abcdefghijKLMN"
FACTS = '{"client": "anna", "total": 1.5, "usage": [900, 30, 100], "model": "GigaChat-2-Max:1"}'


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.touch()
    for name in ("GIGAGATE_CONFIG", "GIGAGATE_ENV_FILE"):
        monkeypatch.setenv(name, str(nothing))
    monkeypatch.setenv("GIGAGATE_STATE_DIR", str(tmp_path / "state"))


def flow(messages: list[dict[str, Any]], answer: dict[str, Any]) -> http.HTTPFlow:
    asked = {"model": "gigachat", "messages": messages, "tools": TOOLS}
    given = {"model": "GigaChat", "choices": [{"message": answer, "finish_reason": "stop"}]}
    made = tflow.tflow(
        req=tutils.treq(
            method=b"POST",
            path=b"/v1/chat/completions",
            headers=http.Headers(((b"authorization", KEY.encode()),)),
            content=json.dumps(asked).encode(),
        ),
        resp=tutils.tresp(content=json.dumps(given).encode(), headers=http.Headers()),
    )
    made.metadata["gigachat.facts"] = FACTS
    return made


def a_task() -> list[http.HTTPFlow]:
    begin, call = user(f"Read a.py with {KEY}"), calls("read", "1", path="a.py")
    return [
        flow([begin], call),
        tflow.tflow(resp=True),
        flow([begin, call, result("1", "the text of a.py")], said("It is well.")),
    ]


def as_flows(folder: Path, flows: list[http.HTTPFlow]) -> Path:
    file = folder / "flows.mitm"
    with file.open("wb") as opened:
        for one in flows:
            FlowWriter(opened).add(one)
    return file


def as_har(folder: Path, flows: list[http.HTTPFlow]) -> Path:
    file = folder / "flows.har"
    with taddons.context(saver := SaveHar()):
        content = saver.make_har(flows)
    for one, entry in zip(flows, content["log"]["entries"], strict=True):
        if facts := one.metadata.get("gigachat.facts"):
            entry["_gigachat"] = {"facts": facts}
    file.write_text(json.dumps(content))
    return file


@pytest.mark.parametrize("form", [as_flows, as_har])
def test_a_saved_task_is_one_conversation(
    form: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main("report", [str(form(tmp_path, a_task())), "--json"]) == 0
    out = capsys.readouterr().out
    assert KEY not in out
    (session,) = json.loads(out)
    assert session["client"] == "anna"
    assert [step["how"] for step in session["steps"]] == ["began", "continued"]
    assert session["steps"][0]["answer"]["calls"][0]["result"] == "the text of a.py"
    assert session["totals"]["prompt"] == 1800


@pytest.mark.parametrize("more", [[], ["--anonymous"]])
def test_the_page_is_one_file_without_a_key(
    more: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = as_flows(tmp_path, a_task())
    assert report.main("report", [str(file), *more]) == 0
    assert "1 conversation, 2 steps" in capsys.readouterr().out
    page = (tmp_path / "flows.mitm.html").read_text()
    assert KEY not in page
    assert ("the text of a.py" in page) is not bool(more)
    assert "default-src &#x27;none&#x27;" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_several_files_are_read_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, _, last = a_task()
    (tmp_path / "later").mkdir()
    files = [as_flows(tmp_path, [first]), as_har(tmp_path / "later", [last])]
    output = tmp_path / "out.html"
    assert report.main("report", [*map(str, files), "-o", str(output)]) == 0
    assert capsys.readouterr().out == f"{output}: 1 conversation, 2 steps\n"


BAD = {
    "nothing": (b"", "no chat of a client"),
    "a text": (b"hello", "hello.*"),
    "another JSON": (b'{"a": 1}', "neither flows nor a HAR"),
    "half a JSON": (b'{"log": ', ""),
    "odd entries": (b'{"log": {"entries": [1]}}', "an entry"),
    "no entries": (b'{"log": {}}', "no chat of a client"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_told_in_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(BAD[name][0])
    assert report.main("report", [str(file)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("gigagate: ")
    assert told.count("\n") == 1
    assert name == "a text" or BAD[name][1] in told


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main("report", [str(tmp_path / "none")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_two_files_are_compared_step_by_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same task in both is no conversation that goes on."""
    first, second = tmp_path / "max.mitm", tmp_path / "pro.mitm"
    for file, flows in ((first, a_task()), (second, a_task()[:1])):
        with file.open("wb") as opened:
            for one in flows:
                FlowWriter(opened).add(one)
    page = tmp_path / "compared.html"
    assert report.main("report", ["--compare", str(first), str(second), "-o", str(page)]) == 0
    assert capsys.readouterr().out == f"{page}: 2 conversations, 3 steps\n"
    text = page.read_text()
    assert "<th>max.mitm</th><th>pro.mitm</th>" in text
    assert "<tr><th>steps</th><td>2</td><td>1</td><td>-50 %</td></tr>" in text
    assert text.count('class="pair"') == 2
    assert len(set(re.findall(r'id="([ab]-\d)"', text))) == 3
    assert KEY not in text


def test_one_conversation_cannot_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (file := tmp_path / "flows.mitm").open("wb") as opened:
        FlowWriter(opened).add(a_task()[0])
    assert report.main("report", ["--compare", str(file)]) == 1
    assert "only one conversation is in it" in capsys.readouterr().err


def test_the_pages_own_words_may_be_russian(tmp_path: Path) -> None:
    with (file := tmp_path / "flows.mitm").open("wb") as opened:
        for one in a_task():
            FlowWriter(opened).add(one)
    page = tmp_path / "page.html"
    assert report.main("report", [str(file), "--lang", "ru", "-o", str(page)]) == 0
    text = page.read_text()
    assert '<html lang="ru">' in text
    assert "<dt>токенов в запросах</dt>" in text
    assert "<dt>tokens asked</dt>" not in text
