"""Whatever function of ours fails, wherever it stands: the client gets the right answer, or a 500
in JSON and GigaChat nothing.  The functions are found from the modules, so a new one is here too.
"""

import json
from collections.abc import Iterator

import pytest
import requests
from tests.support import our_functions
from tests.support.faulty_proxy import FaultyProxy, faulty_proxy

RUNS_AFTER_GIGACHAT = {
    "gigagate.exchange:Exchange._headers",
    "gigagate.exchange:Exchange._told",
    "gigagate.exchange:Exchange.answer",
    "gigagate.exchange:Exchange.begins_stream",
    "gigagate.exchange:Exchange.failure",
    "gigagate.exchange:Exchange.feed",
    "gigagate.exchange:Exchange.following",
    "gigagate.exchange:Exchange.otherwise",
    "gigagate.exchange:Exchange.stream_headers",
    "gigagate.hooks.calls.call:UpstreamCall.asks_otherwise",
    "gigagate.hooks.calls.files:forgotten",
    "gigagate.hooks.calls.shelves:CallShelves.leaves_something",
    "gigagate.hooks.wire.chunked_body:ChunkedAnswer.__init__",
    "gigagate.hooks.wire.client_side:ClientStream.answer",
    "gigagate.hooks.wire.client_side:ClientStream.answer_whole",
    "gigagate.hooks.wire.client_side:ClientStream.begin_stream",
    "gigagate.hooks.wire.client_side:ClientStream.keeps_stream",
    "gigagate.hooks.wire.client_side:ClientStream.send_response",
    "gigagate.hooks.wire.client_side:ClientStream.told",
    "gigagate.hooks.wire.http1_client:GigaChatHttp1.answer_begins",
    "gigagate.hooks.wire.http1_client:GigaChatHttp1.read_head",
    "gigagate.hooks.wire.http1_client:GigaChatHttp1.read_headers",
    "gigagate.hooks.wire.http1_client:_response",
    "gigagate.hooks.wire.http1_server:LimitedHttp1Server.send",
    "gigagate.hooks.wire.http1_server:LimitedHttp1Server.send_whole",
    "gigagate.hooks.wire.http_layer:GigaHttpLayer.pass_without_secrets",
    "gigagate.hooks.wire.live:pieces_of",
    "gigagate.hooks.wire.live:unbounded",
    "gigagate.hooks.wire.stream:GigaStream.log_crash",
    "gigagate.hooks.wire.stream:GigaStream.put_away",
    "gigagate.hooks.wire.stream:GigaStream.state_collect_answer",
    "gigagate.hooks.wire.stream:GigaStream.state_stream_answer",
    "gigagate.hooks.wire.stream:GigaStream.state_wait_for_response_headers",
    "gigagate.hooks.wire.stream:GigaStream.upstream_has_answered",
    "gigagate.hooks.wire.stream:GigaStream.upstream_is_done",
    "gigagate.hooks.wire.whole:WholeAnswer.__init__",
}
"""A fault here comes too late to keep the request back; every other one must."""

CUTS_A_STREAM = {
    "gigagate.hooks.wire.chunked_body:ChunkedAnswer.read",
    "gigagate.hooks.wire.chunked_body:ChunkedAnswer.take_whole",
    "gigagate.hooks.wire.client_side:ClientStream.end_stream",
    "gigagate.hooks.wire.client_side:ClientStream.send_data",
    "gigagate.hooks.wire.client_side:ClientStream.send_response",
    "gigagate.hooks.wire.stream:GigaStream.upstream_is_done",
}
"""What carries the answer's bytes itself: nobody is left to tell of it, and the client sees that
the stream has no end."""

NOT_TRIED = {
    "gigagate.hooks.calls.slots:CallSlots._ended": "the one place that gives a slot back",
    "gigagate.hooks.calls.slots:CallSlots.response": "likewise",
    "gigagate.hooks.patches.dispatch:Dispatch._calls": "the end of the fault is an event as well",
    "gigagate.hooks.patches.dispatch:Dispatch._handling_of": "likewise",
    "gigagate.hooks.patches.dispatch:Dispatch._lifecycle": "likewise",
    "gigagate.hooks.patches.dispatch:Dispatch.begin": "likewise",
    "gigagate.hooks.patches.dispatch:Dispatch.handles": "likewise",
    "gigagate.hooks.patches.pieces:_Reader.__init__": "the end of the fault needs a connection too",
    "gigagate.hooks.patches.pieces:_Reader.read": "likewise",
    "gigagate.hooks.patches.pieces:_Roomy.__init__": "likewise",
    "gigagate.hooks.wire.http_layer:GigaHttpLayer._handle_event": "the guard of all below it",
}
FOUND = our_functions.found()


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyProxy]:
    with faulty_proxy(tmp_path_factory.mktemp("every-fault")) as faulty:
        yield faulty


@pytest.mark.parametrize("fault", [name for name in FOUND if name not in NOT_TRIED])
def test_a_fault_is_no_answer_of_another_kind(faulty: FaultyProxy, fault: str) -> None:
    told = said(faulty.post(fault))
    assert faulty.chats_upstream() == (told or fault in RUNS_AFTER_GIGACHAT)
    try:
        streamed = said(faulty.post(fault, stream=True))
    except requests.exceptions.ChunkedEncodingError:
        assert fault in CUTS_A_STREAM
    else:
        sent = (
            streamed or fault in RUNS_AFTER_GIGACHAT or fault == "gigagate.exchange:Exchange.feed"
        )
        assert faulty.chats_upstream() == sent


def said(answer: requests.Response) -> bool:
    """Whether it is the right answer; if not, it must be the right error."""
    assert "injected" not in answer.text
    if answer.status_code == 200 and "internal_error" not in answer.text:
        if answer.text.startswith("{"):
            return bool(json.loads(answer.text)["choices"][0]["message"]["content"])
        return answer.text.endswith("data: [DONE]\n\n")
    *_, last = answer.text.removeprefix("data: ").strip().split("\n\ndata: ")
    assert json.loads(last)["error"]["code"] == "internal_error"
    assert answer.status_code in (200, 500)
    return False


def test_the_tables_name_what_there_is() -> None:
    assert set(FOUND) >= RUNS_AFTER_GIGACHAT | CUTS_A_STREAM | set(NOT_TRIED)
