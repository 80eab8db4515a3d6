"""Conversations among the flows that mitmproxy keeps: found at a look, and kept no longer."""

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from gigagate.hooks.inspection import flow_sessions
from gigagate.hooks.inspection.flow_sessions import FlowSessions
from gigagate.hooks.runtime import Runtime
from gigagate.settings import Settings

SECRET = "what was said in it"


class Kept:
    """What mitmproxy keeps."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.flows: list[http.HTTPFlow] = []
        self.talk: list[dict[str, Any]] = []
        monkeypatch.setattr(flow_sessions.looks, "kept_flows", lambda: list(self.flows))
        settings = Settings(state_dir=Path())
        self.sessions = FlowSessions(cast(Runtime, SimpleNamespace(settings=settings)))

    def step(self, text: str) -> http.HTTPFlow:
        self.talk.append({"role": "user", "content": text})
        number = len(self.talk)
        answer = {"choices": [{"message": {"role": "assistant", "content": f"answer {number}"}}]}
        flow = tflow.tflow(
            req=tutils.treq(
                method=b"POST",
                path=b"/v1/chat/completions",
                content=json.dumps({"messages": self.talk}).encode(),
                timestamp_start=number,
            ),
            resp=tutils.tresp(content=json.dumps(answer).encode(), timestamp_end=number),
        )
        self.talk.append(answer["choices"][0]["message"])
        self.flows.append(flow)
        return flow

    def found(self) -> flow_sessions.FoundSessions:
        found = self.sessions.at_once()
        assert found is not None
        return found


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(monkeypatch)


def test_steps_are_found_as_flows_end(kept: Kept) -> None:
    first, second = kept.step("a"), kept.step("b")
    running = kept.step("c")
    assert running.response is not None
    running.response.timestamp_end = None
    found = kept.found()
    session, step = found.places[second.id]
    assert (step.number, len(session.steps)) == (2, 2)
    assert running.id not in found.places
    assert kept.found().version == found.version
    running.response.timestamp_end = 9
    later = kept.found()
    assert later.version > found.version
    assert later.places[running.id][1].number == 3
    assert later.flows[1] == first.id


def test_what_mitmproxy_lets_go_of_is_let_go_of_here(kept: Kept) -> None:
    kept.step(SECRET)
    kept.step("b")
    (session,) = kept.found().sessions
    first = session.steps[0]
    assert SECRET in str(first.added)
    del kept.flows[0]
    (session,) = kept.found().sessions
    assert [step.number for step in session.steps] == [2]
    assert SECRET not in str(first)
    kept.flows.clear()
    assert kept.found().sessions == []


def test_a_flow_that_is_edited_or_taken_out_of_the_middle_is_found_anew(kept: Kept) -> None:
    flows = [kept.step(text) for text in "abc"]
    kept.found()
    del kept.flows[1]
    (session,) = kept.found().sessions
    assert [step.kept for step in session.steps] == [0, 1]
    flows[2].request.content = b'{"messages": [{"role": "user", "content": "other"}]}'
    assert len(kept.found().sessions) == 2


def test_nothing_is_found_until_somebody_looks(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests come and end, and no flow is looked at, taken apart or kept here."""
    read: list[object] = []
    monkeypatch.setattr(flow_sessions.reading, "seen", lambda *_, **more: read.append(more))
    kept.step("a")
    kept.step("b")
    assert (read, kept.sessions._known, kept.sessions._release) == ([], {}, None)
    kept.found()
    kept.found()
    assert len(read) == 2, "each is read once"


async def test_nothing_is_kept_a_minute_after_the_last_look(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.step(SECRET)
    monkeypatch.setattr(flow_sessions, "KEPT_SECONDS", 0)
    assert kept.found().sessions
    await asyncio.sleep(0.01)
    assert SECRET not in str(vars(kept.sessions))
    assert kept.sessions._known == {}


async def test_much_is_read_beside_the_event_loop(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = kept.step("a")
    monkeypatch.setattr(flow_sessions, "AT_ONCE", 10)
    assert kept.sessions.at_once() is None
    assert flow.id in (await kept.sessions.look()).places
    assert kept.sessions.at_once() is not None
