from pathlib import Path

import pytest
from mitmproxy import http
from tests.support.hooks import flow_of, runtime

from gigagate.hooks.door.cors import Cors, preflight
from gigagate.settings import Access

PAGE = "https://notes.example"
ASKS = {"origin": PAGE, "access_control_request_method": "POST"}


@pytest.mark.parametrize(
    ("method", "headers"),
    [("POST", ASKS), ("OPTIONS", {"origin": PAGE}), ("OPTIONS", {"host": "localhost"})],
)
def test_what_is_no_question_of_a_browser_goes_on(method: str, headers: dict[str, str]) -> None:
    assert preflight(flow_of(method, **headers).request) is None


def test_a_browser_that_asks_is_told_what_it_may_send() -> None:
    asked = {
        **ASKS,
        "access_control_request_headers": "authorization",
        "access_control_request_private_network": "true",
    }
    answer = preflight(flow_of("OPTIONS", **asked).request)
    assert answer is not None
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "authorization"
    assert answer.headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize(
    ("origin", "allowed"), [(PAGE, PAGE), (PAGE.upper(), PAGE.upper()), ("https://x.example", None)]
)
def test_a_listed_page_may_read_the_answer(
    tmp_path: Path, origin: str, allowed: str | None
) -> None:
    flow = flow_of(origin=origin)
    flow.response = http.Response.make()
    Cors(runtime(tmp_path, access=Access(origins=(PAGE,)))).responseheaders(flow)
    assert flow.response.headers.get("access-control-allow-origin") == allowed
    assert flow.response.headers["vary"] == "Origin"


def test_a_program_is_told_nothing_of_pages(tmp_path: Path) -> None:
    flow = flow_of()
    flow.response = http.Response.make()
    Cors(runtime(tmp_path)).responseheaders(flow)
    assert "vary" not in flow.response.headers
