"""Nothing that goes out has half a surrogate pair, wherever the client put it."""

import json
from typing import Any

import pytest

from gigagate.core import compact_json
from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

HALF = "a\ud83db"
USER = {"role": "user", "content": "u"}


def tool(name: str = "f", **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **more}}


def calling(name: str, arguments: str) -> list[dict[str, Any]]:
    call = {"id": "x", "type": "function", "function": {"name": name, "arguments": arguments}}
    return [USER, {"role": "assistant", "tool_calls": [call]}]


@pytest.mark.parametrize(
    "asked",
    [
        {"messages": [{"role": "user", "content": HALF}]},
        {"messages": [{"role": "system", "content": HALF}, USER]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": HALF}]}]},
        {"messages": calling(HALF, "{}")},
        {"messages": calling("f", json.dumps({HALF: HALF}))},
        {"messages": calling("f", HALF)},
        {"messages": [*calling("f", "{}"), {"role": "tool", "tool_call_id": "x", "content": HALF}]},
        {"messages": [{"role": "assistant", "content": [{"type": HALF}]}, USER]},
        {"tools": [tool(HALF)]},
        {"tools": [tool(description=HALF)]},
        {"tools": [tool(parameters={"type": "object", "properties": {HALF: {"enum": [HALF]}}})]},
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": HALF,
                    "schema": {"type": "object", "properties": {HALF: {"description": HALF}}},
                },
            }
        },
        {"model": HALF},
        {"user": HALF, HALF: 1},
    ],
    ids=repr,
)
@pytest.mark.parametrize("unknown_models", ["default", "pass"])
def test_it_goes_out_as_a_replacement(asked: dict[str, Any], unknown_models: Any) -> None:
    body = json.dumps({"model": "gigachat", "messages": [USER], **asked}).encode()
    request = ClientRequest("POST", "/v1/chat/completions", {}, body)
    policy = Policy(unknown_models=unknown_models)
    exchange = Exchange(request, policy, request_id="ab" * 16, now=1)
    sent = exchange.upstream_request()
    assert sent is not None
    assert "\\ud83d" not in sent.body.decode()
    assert compact_json.is_whole(json.loads(sent.body))


@pytest.mark.parametrize("path", ["/v1/embeddings", "/v1/completions"])
def test_elsewhere_too(path: str) -> None:
    body = json.dumps({"model": "gigachat", "input": [HALF], "prompt": HALF}).encode()
    request = ClientRequest("POST", path, {}, body)
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    sent = exchange.upstream_request()
    assert sent is not None
    assert "\ufffd" in sent.body.decode()
