import json
from collections.abc import Iterator
from typing import cast

import pytest
from mitmproxy import contentviews, http
from mitmproxy.addons import proxyserver
from mitmproxy.contentviews import ContentviewRegistry, Metadata, make_metadata
from mitmproxy.test import taddons, tflow, tutils

from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.content_views import NOT_OURS, OTHER_SIDE, VIEWS, ContentViews
from gigagate.hooks.inspection.flow_sessions import FlowSessions
from gigagate.hooks.runtime import Runtime


@pytest.fixture(autouse=True)
def mitmproxy_with_its_options() -> Iterator[None]:
    with taddons.context(proxyserver.Proxyserver()):
        yield


CHAT = b'{"messages": [{"role": "user", "content": "\xd0\xb4\xd0\xb0"}]}'
ANSWER = b'{"choices": [{"message": {"content": "\xd0\xb4\xd0\xb0"}}]}'
HOSTILE = {
    wire_record.REQUEST_HEAD: 1,
    wire_record.REQUEST: ["x"],
    wire_record.RESPONSE_HEAD: None,
    wire_record.RESPONSE: {},
    wire_record.FACTS: b"\xff",
}
"""Metadata of a flow that somebody else has written."""


def a_flow(
    path: str = "/v1/chat/completions", request: bytes = CHAT, answer: bytes = ANSWER
) -> http.HTTPFlow:
    headers = http.Headers(content_type="application/json")
    return tflow.tflow(
        req=tutils.treq(path=path, content=request, headers=headers),
        resp=tutils.tresp(content=answer, headers=headers),
    )


def shown(flow: http.HTTPFlow, side: str) -> tuple[str | None, str]:
    registry = ContentviewRegistry()
    for view in (*contentviews.registry.values(), *VIEWS):
        registry.register(view)
    message = getattr(flow, side)
    result = contentviews.prettify_message(message, flow, registry=registry)
    return result.view_name, result.text


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/chat/completions/", "//v1/v1/chat/completions"]
)
def test_our_views_are_chosen_for_our_flows(path: str) -> None:
    flow = a_flow(path)
    assert shown(flow, "request")[0] == "GigaChat: conversation"
    assert shown(flow, "response")[0] == "GigaChat: answer"


def test_a_flow_of_geminis_is_told_in_the_same_words() -> None:
    asked = b'{"contents": [{"parts": [{"text": "\xd0\xb4\xd0\xb0"}]}]}'
    said = b'{"content":{"role":"model","parts":[{"text":"\xd0\xb4\xd0\xb0"}]}}'
    answer = b'{"candidates":[' + said + b'],"modelVersion":"M"}'
    flow = a_flow("/v1beta/models/gemini-pro:streamGenerateContent?alt=sse", asked, answer)
    for side, view in (("request", "GigaChat: conversation"), ("response", "GigaChat: answer")):
        name, text = shown(flow, side)
        assert name == view
        assert "да" in text


def test_a_recorded_flow_is_ours_whatever_its_path() -> None:
    flow = a_flow("/elsewhere")
    flow.metadata[wire_record.FACTS] = "{}"
    assert shown(flow, "request")[0] == "GigaChat: conversation"


def test_flows_of_others_are_not_touched() -> None:
    flow = a_flow("/api/users")
    assert shown(flow, "request")[0] == "JSON"
    assert shown(flow, "response")[0] == "JSON"
    for view in VIEWS:
        for message in (flow.request, flow.response):
            assert view.render_priority(b"{}", make_metadata(message, flow)) == NOT_OURS
        assert view.render_priority(b"{}", Metadata()) == NOT_OURS


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("body", [b"", b"{", CHAT, ANSWER, b"\xff\x00", b"[" * 100_000, b"data: {"])
@pytest.mark.parametrize("metadata", [{}, HOSTILE])
@pytest.mark.parametrize("side", ["request", "response"])
def test_no_view_ever_fails(
    view: contentviews.Contentview, body: bytes, metadata: dict, side: str
) -> None:
    flow = a_flow(request=body, answer=body)
    flow.metadata.update(metadata)
    known = make_metadata(getattr(flow, side), flow)
    text = view.prettify(body, known)
    assert "log says why" not in text
    assert isinstance(view.render_priority(body, known), float)
    assert view.prettify(body, Metadata()) == view.prettify(body, Metadata())


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_no_view_is_longer_than_a_browser_can_show(view: contentviews.Contentview) -> None:
    text = json.dumps({"messages": [{"role": "user", "content": "слово\n" * 1_000_000}]}).encode()
    flow = a_flow(request=text, answer=text)
    flow.metadata |= {wire_record.REQUEST_HEAD: "", wire_record.REQUEST: text}
    flow.metadata |= {wire_record.RESPONSE_HEAD: "", wire_record.RESPONSE: text}
    message = flow.request if view in VIEWS[:4] else flow.response
    assert len(view.prettify(text, make_metadata(message, flow))) < 1_100_000


def test_lines_without_a_character_are_made_visible() -> None:
    flow = a_flow()
    text = VIEWS[0].prettify(CHAT, make_metadata(flow.request, flow))
    assert "\n\n" not in text
    assert "\n \n" in text


def test_a_view_picked_for_one_side_shows_the_same_of_the_other() -> None:
    flow = tflow.tflow(resp=True)
    flow.request.path = "/v1/chat/completions"
    for view in VIEWS:
        other = OTHER_SIDE[view.name]
        assert other.message is not view.message
        message = flow.response if view.message is http.Request else flow.request
        known = make_metadata(message, flow)
        assert view.prettify(b"{}", known) == other.prettify(b"{}", known)


def test_mitmproxy_has_them_in_its_list(monkeypatch: pytest.MonkeyPatch) -> None:
    offered: list[str] = []
    monkeypatch.setattr(contentviews, "add", lambda view: offered.append(view.name))
    monkeypatch.setattr("gigagate.hooks.patches.looks.offer_first", lambda names: None)
    ContentViews(FlowSessions(cast(Runtime, None))).load(None)
    assert sorted(offered) == sorted([view.name for view in VIEWS] + ["GigaChat: session"])
