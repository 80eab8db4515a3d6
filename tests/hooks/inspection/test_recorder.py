"""What passes on the wire is kept beside the flow, without a key, if somebody can look."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from mitmproxy import http
from mitmproxy.addons.save import Save
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.addons.view import View
from mitmproxy.proxy.layer import Layer
from mitmproxy.proxy.layers.http import (
    HttpStream,
    ResponseData,
    ResponseHeaders,
)
from mitmproxy.test import taddons
from tests.support.hooks import flow_of

from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.recorder import Recorder, is_recording
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.whole import WholeRequest

TO_GIGACHAT, TO_US = Layer.__new__(Layer), HttpStream.__new__(HttpStream)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    ours = Recorder(Traffic())
    with taddons.context(View(), Save(), SaveHar(), ours):
        ours.configure(set())
        yield ours
    GigaHttpLayer.listener = None


def asked(recorder: Recorder) -> http.HTTPFlow:
    """A flow whose request is translated."""
    flow, request = flow_of(), ClientRequest("POST", "/v1/chat/completions", {}, b"")
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    recorder._traffic.calls[flow] = SimpleNamespace(exchange=exchange)  # type: ignore[assignment]
    return flow


def pass_by(recorder: Recorder, flow: http.HTTPFlow) -> None:
    """A request to GigaChat and its answer."""
    sent = http.Request.make("POST", "https://gigachat.test/v1/chat", b"")
    sent.headers["authorization"] = "Bearer secret-token"
    received = http.Response.make(200, b"", {"content-type": "application/json"})
    recorder.hear(flow, WholeRequest(1, sent, b'{"a":1}'), TO_GIGACHAT)
    recorder.hear(flow, ResponseHeaders(1, received, False), TO_US)
    recorder.hear(flow, ResponseData(1, b'{"b":2}'), TO_US)
    flow.response = http.Response.make(200)
    recorder.response(flow)


def test_both_sides_are_kept_without_the_token(recorder: Recorder) -> None:
    flow = asked(recorder)
    pass_by(recorder, flow)
    assert flow.metadata[wire_record.REQUEST] == b'{"a":1}'
    assert flow.metadata[wire_record.RESPONSE] == b'{"b":2}'
    assert "POST /v1/chat" in flow.metadata[wire_record.REQUEST_HEAD]
    assert wire_record.facts(flow).attempts[0].status == 200
    assert "secret-token" not in str(flow.get_state())


def test_a_flow_that_is_replayed_begins_anew(recorder: Recorder) -> None:
    flow = asked(recorder)
    pass_by(recorder, flow)
    pass_by(recorder, flow)
    assert len(wire_record.facts(flow).attempts) == 1


def test_a_connection_that_broke_says_how(recorder: Recorder) -> None:
    flow = asked(recorder)
    recorder.error(flow)
    assert json.loads(flow.metadata[wire_record.FACTS])["ending"] == "unknown"


def test_what_goes_wrong_here_fails_no_request(
    recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.hear(flow_of(), WholeRequest(1, None, b""), TO_GIGACHAT)  # type: ignore[arg-type]
    assert "could not be recorded" in caplog.text


def test_with_mitmdump_alone_nothing_is_kept_until_flows_are_saved(tmp_path: Path) -> None:
    ours = Recorder(Traffic())
    try:
        with taddons.context(Save(), SaveHar(), ours) as context:
            ours.configure(set())
            assert not is_recording()
            context.options.update(save_stream_file=str(tmp_path / "flows"))
            assert is_recording()
            context.options.update(save_stream_file=None)
    finally:
        GigaHttpLayer.listener = None
