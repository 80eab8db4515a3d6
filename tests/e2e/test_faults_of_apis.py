"""GigaChat's faults, told in the form of each further API: status, type and end of a stream.

That no request is lost that could be saved is shown once, in test_faults.py: what is told here is
only how what cannot be saved reaches a client, by the types of its SDK.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest
import requests
from tests.support import open_responses
from tests.support.anthropic_types import strict_error, strict_events
from tests.support.google_types import strict_error as strict_google_error
from tests.support.google_types import strict_events as strict_google_events
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorThread

CHATS = "/chat/completions"
HELLO = [{"role": "user", "content": "Привет"}]
WHOLE = "/v1beta/models/gemini-3-pro:generateContent"
STREAM = "/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse"
CONTENTS = {"contents": [{"parts": [{"text": "Привет"}]}]}
ASKED: Mapping[str, dict[str, Any]] = {
    "/v1/messages": {"model": "claude", "max_tokens": 99, "messages": HELLO},
    "/v1/responses": {"model": "gigachat", "input": "Привет"},
    WHOLE: CONTENTS,
    STREAM: CONTENTS,
}


class Fault(NamedTuple):
    does: Mapping[str, object]
    status: int
    anthropic: str
    """The error's type."""
    openai: str
    """The error's code."""
    google: str
    """The error's status."""


TOO_LONG = {"status": 422, "body": '{"status":422,"message":"CONTEXT_TOO_LONG"}'}
REJECTED = {"status": 422, "body": '{"message":"no"}'}
FAULTS = {
    "busy": Fault(
        {"status": 429}, 429, "rate_limit_error", "rate_limit_exceeded", "RESOURCE_EXHAUSTED"
    ),
    "away": Fault({"status": 503}, 503, "overloaded_error", "upstream_unavailable", "UNAVAILABLE"),
    "failed": Fault({"status": 500}, 500, "api_error", "upstream_failed", "INTERNAL"),
    "no money": Fault(
        {"status": 402}, 402, "billing_error", "insufficient_quota", "FAILED_PRECONDITION"
    ),
    "rejected": Fault(
        {"status": 422, "body": '{"message":"no"}'},
        422,
        "invalid_request_error",
        "upstream_rejected",
        "INVALID_ARGUMENT",
    ),
    "too long": Fault(
        TOO_LONG, 400, "invalid_request_error", "context_length_exceeded", "INVALID_ARGUMENT"
    ),
    "no HTTP": Fault({"garbage": True}, 502, "api_error", "upstream_protocol_error", "UNAVAILABLE"),
    "reset": Fault({"reset": True}, 502, "api_error", "upstream_protocol_error", "UNAVAILABLE"),
    "page of HTML": Fault(
        {"html_502": True}, 502, "api_error", "upstream_protocol_error", "UNAVAILABLE"
    ),
}
BROKEN = {
    "closed": {"close": "mid_stream", "after_events": 2},
    "reset": {"reset": True, "after_events": 2},
    "an error": {"sse_error": {"status": 500, "message": "x"}, "after_events": 2},
    "no end": {"no_done": True},
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Proxy]]:
    folder = tmp_path_factory.mktemp("faults")
    settings = {"deadlines": {"retry": 0.2}}
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        with Proxy(emulator, folder, settings=settings) as proxy:
            yield emulator, proxy


def ask(pair: tuple[Emulator, Proxy], path: str, stream: bool, **fault: Any) -> requests.Response:
    """stream: what the request says of it; in Gemini's, the path says it."""
    emulator, proxy = pair
    emulator.faults.clear()
    emulator.faults.add(path=CHATS, **{"times": 50, **fault})
    asked = ASKED[path] | ({"stream": True} if stream else {})
    try:
        return requests.post(proxy.url + path, json=asked, timeout=20)
    finally:
        emulator.faults.clear()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_error_of_anthropics(pair: tuple[Emulator, Proxy], fault: Fault, stream: bool) -> None:
    answer = ask(pair, "/v1/messages", stream, **fault.does)
    error = strict_error(answer.content).error
    assert (answer.status_code, error.type) == (fault.status, fault.anthropic)
    assert answer.headers["request-id"]
    if fault.does is TOO_LONG:
        assert error.message.startswith("prompt is too long")
    cured = fault.status >= 500 or fault.status == 429
    assert answer.headers.get("x-should-retry") == (None if cured else "false")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_error_of_responses(pair: tuple[Emulator, Proxy], fault: Fault, stream: bool) -> None:
    answer = ask(pair, "/v1/responses", stream, **fault.does)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (fault.status, fault.openai)
    assert error.keys() == {"message", "type", "param", "code"}


@pytest.mark.parametrize("path", [WHOLE, STREAM], ids=["whole", "stream"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_error_of_googles(pair: tuple[Emulator, Proxy], fault: Fault, path: str) -> None:
    answer = ask(pair, path, False, **fault.does)
    error = strict_google_error(answer.json())
    assert (answer.status_code, error["code"]) == (fault.status, fault.status)
    assert error["status"] == fault.google


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_a_message_that_breaks_off(pair: tuple[Emulator, Proxy], fault: dict[str, Any]) -> None:
    *_, last = strict_events(ask(pair, "/v1/messages", True, **fault).content)
    assert (last["type"], last["error"]["type"]) == ("error", "api_error")


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_a_response_that_breaks_off(pair: tuple[Emulator, Proxy], fault: dict[str, Any]) -> None:
    events = open_responses.read(ask(pair, "/v1/responses", True, **fault).content)
    open_responses.check_events(events)
    assert [event["type"] for event in events[-2:]] == ["response.failed", "error"]


@pytest.mark.parametrize("fault", BROKEN.values(), ids=BROKEN)
def test_content_that_breaks_off(pair: tuple[Emulator, Proxy], fault: dict[str, Any]) -> None:
    *_, last = strict_google_events(ask(pair, STREAM, False, **fault).content)
    assert last["error"]["status"] in ("INTERNAL", "UNAVAILABLE")


@pytest.mark.parametrize("path", ASKED)
def test_a_token_that_is_refused_is_not_seen(pair: tuple[Emulator, Proxy], path: str) -> None:
    emulator, proxy = pair
    emulator.revoke_tokens()
    answer = requests.post(proxy.url + path, json=ASKED[path], timeout=20)
    assert answer.status_code == 200, answer.text
    assert answer.content
