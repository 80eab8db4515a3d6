"""A conversation that its client names has one X-Session-ID, whatever becomes of its beginning."""

import json
from typing import Any

import pytest

from gigagate.core.policy import Policy
from gigagate.exchange import Answer, ClientRequest, Exchange


def session(given: str, path: str = "/v1/responses", client: str = "", **fields: Any) -> str:
    """Made of a request; header: that of Codex."""
    headers = {"session-id": header} if (header := fields.pop("header", None)) else {}
    body = json.dumps({"model": "gigachat", "input": given, **fields}).encode()
    request = ClientRequest("POST", path, headers, body, client=client)
    sent = Exchange(request, Policy(), request_id="ab" * 16, now=1).upstream_request()
    assert not isinstance(sent, Answer)
    return sent.headers["X-Session-ID"]


@pytest.mark.parametrize("named", [{"prompt_cache_key": "one"}, {"header": "one"}])
def test_a_named_conversation_keeps_its_session(named: dict[str, str]) -> None:
    first = session("Начало", **named)
    assert session("Пересказ", **named) == first
    assert session("Пересказ", "/v1/responses/compact", **named) == first
    assert session("Начало") != first
    other = dict.fromkeys(named, "another")
    assert session("Начало", **other) != first
    assert session("Начало", client="anna", **named) != first
    assert session("Начало", **named | {"model": "GigaChat-2"}) != first


def test_the_field_goes_before_the_header() -> None:
    assert session("А", prompt_cache_key="one", header="x") == session("Б", prompt_cache_key="one")


@pytest.mark.parametrize("nothing", [None, "", 5, ["one"], {"one": 1}])
def test_what_is_no_name_leaves_the_session_to_the_beginning(nothing: object) -> None:
    assert session("Начало", prompt_cache_key=nothing) == session("Начало")
