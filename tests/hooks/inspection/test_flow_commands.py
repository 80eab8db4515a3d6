"""The commands on flows, as the console's prompt calls them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy import exceptions, http
from mitmproxy.test import taddons, tflow
from tests.support.hooks import flow_of

from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.flow_commands import FlowCommands
from gigagate.views import changes
from gigagate.views.facts import Facts

ASKED = {"model": "gpt-4", "messages": [{"role": "user", "content": "Моя тайна"}]}


@pytest.fixture
def commands() -> Iterator[FlowCommands]:
    ours = FlowCommands()
    with taddons.context(ours):
        yield ours


def chat() -> http.HTTPFlow:
    flow = flow_of(body=json.dumps(ASKED).encode(), user_agent="Cline/3.1", cookie="x")
    said = {"role": "assistant", "content": "Да"}
    answer = {"model": "M", "choices": [{"message": said, "finish_reason": "stop"}]}
    flow.response = http.Response.make(200, json.dumps(answer))
    return flow


def test_a_flow_is_explained_in_sentences(commands: FlowCommands) -> None:
    flow = chat()
    flow.metadata |= {
        wire_record.REQUEST: b"{}",
        wire_record.FACTS: Facts(notes=["tools: one dropped"], api="v2").dumps(),
    }
    told = commands.explain([flow])
    assert told.startswith("POST /v1/chat/completions\n")
    assert "one dropped" in told
    assert "The answer: 200" in told


def test_what_never_went_out_is_explained_too(commands: FlowCommands) -> None:
    flow = flow_of(body=b"{")
    told = commands.explain([flow])
    assert changes.NOTHING_SENT in told
    assert "There is no answer yet." in told
    flow.error = tflow.terr()
    assert "It failed: error" in commands.explain([flow])


def test_a_fixture_says_nothing_of_what_was_said(commands: FlowCommands, tmp_path: Path) -> None:
    path = tmp_path / "fixture.json"
    told = commands.fixture([chat()], str(path))  # type: ignore[arg-type]
    assert f"./run.sh replay {path}" in told
    written = json.loads(path.read_text())
    assert "тайна" not in path.read_text()
    assert (written["method"], written["path"]) == ("POST", "/v1/chat/completions")
    assert written["headers"] == {"user-agent": "Cline/3.1"}
    assert written["body"]["model"] == "gpt-4"


@pytest.mark.parametrize(
    ("flows", "said"),
    [
        ([], "Choose one flow"),
        ([tflow.ttcpflow()], "Choose one flow"),
        ([chat(), chat()], "Choose one flow"),
        ([flow_of(body=b"{")], "is no JSON"),
        ([flow_of(body=b"[" * 100_000)], "nested too deep"),
    ],
    ids=["none", "no HTTP", "two", "no JSON", "deep"],
)
def test_what_can_be_no_fixture_is_said(
    commands: FlowCommands, tmp_path: Path, flows: list[http.HTTPFlow], said: str
) -> None:
    with pytest.raises(exceptions.CommandError, match=said):
        commands.fixture(flows, str(tmp_path / "x"))  # type: ignore[arg-type]


def test_a_file_that_cannot_be_written_is_said(commands: FlowCommands, tmp_path: Path) -> None:
    with pytest.raises(exceptions.CommandError, match="Is a directory"):
        commands.fixture([chat()], str(tmp_path))  # type: ignore[arg-type]
