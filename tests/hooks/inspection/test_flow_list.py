"""What the list of flows says of each: a comment and a mark that can be read and filtered by."""

import pytest
from mitmproxy import ctx, http
from mitmproxy.addons.view import View
from tests.support.hooks import flow_of

from gigagate.errors import NotFound
from gigagate.hooks.answers import error_response
from gigagate.hooks.inspection import wire_record
from gigagate.hooks.inspection.flow_list import FlowList
from gigagate.hooks.patches import looks
from gigagate.views.facts import Facts


def described(flow: http.HTTPFlow) -> http.HTTPFlow:
    FlowList().response(flow)
    return flow


def answered_by_gigachat(facts: Facts) -> http.HTTPFlow:
    flow = flow_of(user_agent="Cline/3.1")
    flow.response = http.Response.make(200)
    flow.metadata[wire_record.FACTS] = facts.dumps()
    return flow


@pytest.mark.usefixtures("watched")
def test_a_chat_says_its_model() -> None:
    flow = described(answered_by_gigachat(Facts(model_asked="gpt-4", model="GigaChat-2-Max")))
    assert flow.comment == "GigaChat-2-Max"
    assert flow.marked == ""


@pytest.mark.usefixtures("watched")
def test_what_went_wrong_is_said_and_marked() -> None:
    flow = described(answered_by_gigachat(Facts(model_asked="gpt-4", error="model_not_found")))
    assert "model_not_found" in flow.comment
    assert flow.marked


@pytest.mark.usefixtures("watched")
def test_an_answer_of_our_own_is_told_by_its_path() -> None:
    flow = flow_of("GET", "/health?x=1", user_agent="curl/8")
    flow.response = http.Response.make(200)
    assert described(flow).comment == "/health · curl/8"
    refused = flow_of("GET", "/v1/nothing")
    refused.response = error_response(NotFound("no"), refused.request)
    assert described(refused).comment.endswith("not_found /v1/nothing")
    assert refused.marked


@pytest.mark.usefixtures("watched")
def test_what_a_person_wrote_stays() -> None:
    flow, list_of_flows = flow_of("GET", "/health"), FlowList()
    flow.response = http.Response.make(200)
    flow.comment, flow.marked = "look at this", ":star:"
    list_of_flows.response(flow)
    assert (flow.comment, flow.marked) == ("look at this", ":star:")


def test_nothing_is_written_where_nobody_looks() -> None:
    flow = flow_of("GET", "/health")
    flow.response = http.Response.make(200)
    assert described(flow).comment == ""


def test_the_list_of_mitmweb_has_our_columns(
    watched: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    for changes_mitmproxy in ("show_no_local_paths", "comment_in_console"):
        monkeypatch.setattr(looks, changes_mitmproxy, lambda: None)
    ctx.options.add_option("web_columns", list, ["path"], "")
    FlowList().load(None)
    assert ctx.options.web_columns == ["status", "comment"]
