"""Who is let in, by the hooks that mitmproxy calls before a body is read and once it has come."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from mitmproxy import http
from tests.support.hooks import ANNA, error_of, flow_of, runtime, status_of

from gigagate.errors import InternalError
from gigagate.hooks.door.door import CLIENT, NEW_KEYS_PER_MINUTE, Door
from gigagate.settings.schema import Limits

KEYS = {"client_keys": {hashlib.sha256(ANNA.encode()).hexdigest(): "anna"}}


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(runtime(tmp_path, **KEYS))


@pytest.mark.parametrize(
    "headers", [{"authorization": f"Bearer {ANNA}"}, {"x_api_key": ANNA}, {"x_goog_api_key": ANNA}]
)
def test_a_key_lets_in_and_is_gone(door: Door, headers: dict[str, str]) -> None:
    flow = flow_of(**headers)
    door.requestheaders(flow)
    assert status_of(flow) is None
    assert door.who(flow).client == door.key_of(flow) == flow.metadata[CLIENT] == "anna"
    assert ANNA not in str(flow.get_state())
    door.request(flow)
    assert status_of(flow) is None


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, "invalid_api_key"),
        ({"authorization": "Bearer other"}, 401, "invalid_api_key"),
        ({"authorization": f"Bearer {ANNA}", "host": "evil.example"}, 403, "host_not_allowed"),
        ({"authorization": f"Bearer {ANNA}", "origin": "null"}, 403, "host_not_allowed"),
    ],
)
def test_others_are_refused_before_their_body_is_read(
    door: Door, headers: dict[str, str], status: int, code: str
) -> None:
    flow = flow_of(**headers)
    door.requestheaders(flow)
    assert (status_of(flow), error_of(flow)["code"]) == (status, code)
    with pytest.raises(InternalError):
        door.who(flow)


def test_what_the_proxy_answers_by_itself_needs_no_key_here(door: Door) -> None:
    flow = flow_of("GET", "/health")
    door.requestheaders(flow)
    assert status_of(flow) is None


def test_nobody_is_served_before_the_proxy_is_ready(tmp_path: Path) -> None:
    starting = Door(starts := runtime(tmp_path))
    starts.ready = False
    flow = flow_of(content_encoding="gzip")
    starting.requestheaders(flow)
    starting.request(flow)
    assert (status_of(flow), error_of(flow)["code"]) == (503, "not_ready")
    assert flow.request.headers["x-not-unpacked"] == "gzip"


def test_a_replayed_flow_is_its_clients(door: Door) -> None:
    flow = flow_of()
    flow.is_replay, flow.metadata[CLIENT] = "request", "anna"
    door.requestheaders(flow)
    assert door.who(flow).client == "anna"


def test_too_many_a_minute_are_turned_away(tmp_path: Path) -> None:
    door = Door(runtime(tmp_path, limits=Limits(requests_per_minute=2)))
    flows = [flow_of() for _ in range(3)]
    for flow in flows:
        door.requestheaders(flow)
    assert [status_of(flow) for flow in flows] == [None, None, 429]


def test_a_fault_of_ours_lets_nobody_in(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(request: Any) -> None:
        raise ValueError

    monkeypatch.setattr(door, "identify", fails)
    flow = flow_of(authorization=f"Bearer {ANNA}")
    door.requestheaders(flow)
    assert status_of(flow) == 500
    assert ANNA not in str(flow.get_state())


def test_keys_made_up_one_after_the_other_are_not_all_tried_at_gigachat(tmp_path: Path) -> None:
    door = Door(runtime(tmp_path, authorization_key=None, auth_mode="passthrough"))

    def sent(number: int) -> http.HTTPFlow:
        key = base64.b64encode(f"id-{number}:secret".encode()).decode()
        flow = flow_of(authorization=f"Bearer {key}")
        door.requestheaders(flow)
        return flow

    assert {status_of(sent(number)) for number in range(NEW_KEYS_PER_MINUTE)} == {None}
    refused = sent(NEW_KEYS_PER_MINUTE)
    assert status_of(refused) == 429
    assert "tried at GigaChat" in error_of(refused)["message"]
    assert status_of(sent(0)) is None, "a key that is known goes on"
