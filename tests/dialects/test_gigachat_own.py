import json

import pytest

from gigagate.core.policy import Policy
from gigagate.dialects.gigachat_own import pass_through
from gigagate.dialects.openai.dialect import OPENAI
from gigagate.exchange import ClientRequest, Exchange

BYTES = b'{"model" : "GigaChat-2",\n "input":["\xd0\xb9"]}'
PASSED = [one for one in OPENAI.endpoints if one.translate is pass_through]


def exchange(method: str, path: str, body: bytes = b"", **headers: str) -> Exchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = ClientRequest(method, path, named, body)
    return Exchange(request, Policy(), request_id="ab" * 16, now=1)


@pytest.mark.parametrize("endpoint", PASSED, ids=lambda endpoint: endpoint.path)
def test_bytes_pass_as_they_are_both_ways(endpoint) -> None:
    passing = exchange(endpoint.method, f"/v1{endpoint.path}", BYTES)
    sent = passing.upstream_request()
    assert (sent.method, sent.path) == (endpoint.method, f"/v1{endpoint.path}")
    assert sent.body == (BYTES if endpoint.method == "POST" else b"")
    answer = passing.answer(200, {}, BYTES)
    assert (answer.status, answer.body) == (200, BYTES)


def test_the_query_and_the_type_of_the_content_pass_and_no_other_header() -> None:
    sent = exchange(
        "POST",
        "/api/v1/batches/?method=embedder",
        b"{}",
        content_type="application/octet-stream",
        x_anything="else",
    ).upstream_request()
    assert sent.path == "/v1/batches?method=embedder"
    assert sent.headers == {
        "Accept": "application/json",
        "Content-Type": "application/octet-stream",
    }


def test_an_error_comes_in_openais_form() -> None:
    passing = exchange("GET", "/v1/balance")
    passing.upstream_request()
    answer = passing.answer(403, {}, b'{"status":403,"message":"Permission denied"}\n')
    assert answer.status == 403
    assert json.loads(answer.body)["error"]["code"] == "permission_denied"


def test_a_media_type_that_no_header_may_hold_is_not_passed() -> None:
    request = ClientRequest("POST", "/v1/tokens/count", {"content-type": "\udcff"}, b"{}")
    exchange = Exchange(request, Policy(), request_id="1f", now=0)
    assert exchange.upstream_request().headers["Content-Type"] == "application/json"
