"""From GigaChat's bytes, one at a time too, to events and a response that both judges accept."""

import json
from typing import Any

import pytest
from tests.support import gigachat_wire as wire
from tests.support.open_responses import check_events, check_response, read

from gigagate.core.policy import Policy
from gigagate.exchange import Answer, ClientRequest, Exchange

TOOLS = [
    {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": True},
    {"type": "custom", "name": "patch"},
    {
        "type": "namespace",
        "name": "mcp__home",
        "description": "Of the house.",
        "tools": [{"type": "function", "name": "lamp", "parameters": {"type": "object"}}],
    },
]
PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
END = wire.delta("", finish="stop", usage=wire.USAGE) + wire.DONE


def called(name: str, **arguments: str) -> bytes:
    call = {"name": name, "arguments": arguments}
    said = wire.delta("", role="assistant", function_call=call, functions_state_id="0199e210")
    return said + wire.delta("", finish="function_call", usage=wire.USAGE) + wire.DONE


STREAMS = {
    "text": wire.text_stream("При", 'вет\n😀 "«булки»"', " и всё."),
    "nothing": wire.text_stream(""),
    "cut": wire.text_stream("Жил-был", finish="length"),
    "filtered": wire.text_stream("Не могу", finish="blacklist"),
    "thought": wire.delta("", role="assistant", reasoning_content="Хм, «да»")
    + wire.delta("Да")
    + END,
    "function": called("weather", city="Омск"),
    "custom": called("patch", input="*** Begin Patch\n+ёж\n"),
    "namespace": called("mcp__home.lamp", room="кухня"),
    "text and call": wire.delta("Смотрю. ", role="assistant") + called("weather", city="Уфа"),
    "breaks off": wire.delta("Жил", role="assistant") + wire.delta("-был"),
    "error midway": wire.delta("Жил") + wire.data({"status_code": 500, "message": "Internal"}),
    "no answer": wire.data({"status": 429, "message": "Too many requests"}),
    "nonsense": b"data: {]\n\n",
}
ASKED: dict[str, dict[str, Any]] = {
    "plain": {},
    "all": {
        "instructions": "Кратко",
        "metadata": {"a": "b"},
        "tool_choice": "auto",
        "temperature": 0.5,
        "max_output_tokens": 100,
        "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"format": {"type": "json_schema", "name": "person", "schema": PERSON}},
        "parallel_tool_calls": False,
        "store": False,
    },
}


def exchange(stream: bool, **fields: Any) -> Exchange:
    body = {"model": "gigachat", "input": "Привет", "tools": TOOLS, "stream": stream, **fields}
    request = ClientRequest("POST", "/v1/responses", {}, json.dumps(body).encode())
    made = Exchange(request, Policy(), request_id="ab" * 16, now=1764)
    assert not isinstance(made.upstream_request(), Answer)
    return made


def answered(stream: bytes, size: int, **fields: Any) -> bytes:
    """size: bytes that come at a time."""
    one = exchange(True, **fields)
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    return b"".join(out for piece in (*pieces, b"") for out in one.feed(piece))


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", STREAMS)
def test_every_event_is_valid_however_the_bytes_come(name: str, asked: str) -> None:
    stream, fields = STREAMS[name], ASKED[asked]
    at_once = answered(stream, len(stream), **fields)
    events = read(at_once)
    check_events(events)
    for event in events:
        if "response" in event:
            check_response(event["response"])
    for size in (1, 2, 7):
        assert answered(stream, size, **fields) == at_once
    ends = [event["type"] for event in events if event["type"].startswith("response.")]
    assert ends[-1] in ("response.completed", "response.incomplete", "response.failed")


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(
    "message",
    [
        wire.completion('{"name":"Ёж"}'),
        wire.completion('{"name":"Ёж"}', reasoning_content="Хм"),
        wire.completion("Жил", finish="length"),
        wire.completion(
            "", finish="function_call", function_call={"name": "mcp__home.lamp", "arguments": {}}
        ),
    ],
)
def test_every_whole_response_is_valid(message: dict[str, Any], asked: str) -> None:
    one = exchange(False, **ASKED[asked])
    answer = one.answer(200, {}, json.dumps(message).encode())
    assert answer.status == 200
    check_response(json.loads(answer.body))
