"""What GigaChat v1 is sent for many clients' requests, as digests, to see that it stays the same.

`PYTHONPATH=addons python -m tests.support.v1_requests` writes them anew: only where a change of
what v1 is sent was meant.
"""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.bench import traffic
from tests.support.client_requests import REQUESTS

from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange, UpstreamRequest

FILE = Path(__file__).with_name("v1_requests.json")
CHAT, MESSAGES, RESPONSES = "/v1/chat/completions", "/v1/messages", "/v1/responses"
ANTHROPIC = {"anthropic-version": "2023-06-01"}
_SCHEMA = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}

_MESSAGE: dict[str, Any] = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 1000,
    "system": [{"type": "text", "text": "Be short."}],
    "tools": [{"name": "Read", "description": "Reads.", "input_schema": _SCHEMA}],
    "messages": [
        {"role": "user", "content": "Read a.txt"},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Now."},
                {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {"path": "a.txt"}},
            ],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "Привет"}],
        },
    ],
}
_RESPONSE: dict[str, Any] = {
    "model": "gpt-5",
    "instructions": "Be short.",
    "store": False,
    "tools": [{"type": "function", "name": "read", "parameters": _SCHEMA}],
    "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "Read a.txt"}]},
        {"type": "function_call", "call_id": "c1", "name": "read", "arguments": '{"path":"a.txt"}'},
        {"type": "function_call_output", "call_id": "c1", "output": "Привет"},
    ],
}


def requests() -> Iterator[tuple[str, ClientRequest]]:
    """A name, and what a client sends."""
    for name, chat in REQUESTS.items():
        yield name, _post(CHAT, {"model": "gigachat", **chat})
        yield f"{name}, streamed", _post(CHAT, {"model": "gigachat", **chat, "stream": True})
    for name, body in (
        ("small", traffic.small()),
        ("255 KB", traffic.cline(255_000, parts=True)),
        ("25 tools", traffic.cline(255_000, parts=True, tools=25)),
    ):
        yield name, ClientRequest("POST", CHAT, {}, body)
    yield "anthropic", _post(MESSAGES, _MESSAGE, **ANTHROPIC)
    yield "anthropic, streamed", _post(MESSAGES, {**_MESSAGE, "stream": True}, **ANTHROPIC)
    yield "responses", _post(RESPONSES, _RESPONSE)
    yield "responses, streamed", _post(RESPONSES, {**_RESPONSE, "stream": True})


def sent(request: ClientRequest, policy: Policy) -> UpstreamRequest:
    asked = Exchange(request, policy, request_id="ab" * 16, now=1).upstream_request()
    assert isinstance(asked, UpstreamRequest)
    return asked


def digest(upstream: UpstreamRequest) -> str:
    """Of its headers and its body."""
    head = json.dumps([upstream.method, *sorted(upstream.headers.items())])
    return sha256(head.encode() + b"\0" + upstream.body).hexdigest()


def _post(path: str, body: dict[str, Any], **headers: str) -> ClientRequest:
    return ClientRequest("POST", path, headers, json.dumps(body).encode())


if __name__ == "__main__":
    digests = {name: digest(sent(request, Policy())) for name, request in requests()}
    FILE.write_text(json.dumps(digests, indent=1, ensure_ascii=False) + "\n")
