"""The openai package's own types, strictly, are the judge of what we write."""

import json
from typing import Any

import pytest
from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from tests.support.gigachat_wire import completion, delta, events, text_stream

from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

CALL = {"name": "f", "arguments": {"город": "Омск"}}
FUNCTION = {"name": "f", "parameters": {"type": "object", "properties": {}}}
TOOLS: dict[str, Any] = {"tools": [{"type": "function", "function": FUNCTION}]}
FUNCTIONS: dict[str, Any] = {"functions": [FUNCTION]}
USAGE: dict[str, Any] = {"stream_options": {"include_usage": True}}


def asked(method: str = "POST", path: str = "/v1/chat/completions", **chat: Any) -> Exchange:
    body = {"model": "gigachat", "messages": [{"role": "user", "content": "hi"}], **chat}
    request = ClientRequest(method, path, {}, json.dumps(body).encode())
    exchange = Exchange(request, Policy(), request_id="0f8fad5bd9cb469f", now=1)
    exchange.upstream_request()
    return exchange


@pytest.mark.parametrize("chat", [{}, TOOLS, FUNCTIONS])
@pytest.mark.parametrize("finish", ["stop", "length", "blacklist", "function_call"])
def test_a_whole_answer_is_a_chat_completion(chat: dict[str, Any], finish: str) -> None:
    call = CALL if finish == "function_call" else None
    body = completion("Привет", finish=finish, function_call=call)
    answer = asked(**chat).answer(200, {}, json.dumps(body).encode())
    parsed = ChatCompletion.model_validate_json(answer.body, strict=True)
    assert parsed.choices[0].message.content == "Привет"


@pytest.mark.parametrize("chat", [{}, USAGE, TOOLS, FUNCTIONS, TOOLS | USAGE])
@pytest.mark.parametrize("finish", ["stop", "length", "blacklist", "function_call"])
def test_every_event_of_a_stream_is_a_chunk(chat: dict[str, Any], finish: str) -> None:
    call = delta(function_call=CALL) if finish == "function_call" else b""
    exchange = asked(stream=True, **chat)
    out = b"".join(exchange.feed(call + text_stream("При", "вет", finish=finish)))
    *chunks, done = events(out)
    assert done == "[DONE]"
    for chunk in chunks:
        ChatCompletionChunk.model_validate_json(json.dumps(chunk), strict=True)


def test_models_are_models() -> None:
    answer = asked("GET", "/v1/models").answer(200, {}, b'{"data":[{"id":"GigaChat-2"}]}')
    for model in json.loads(answer.body)["data"]:
        Model.model_validate_json(json.dumps(model), strict=True)
    answer = asked("GET", "/v1/models/gigachat").answer(200, {}, b'{"id":"GigaChat-2-Max"}')
    assert Model.model_validate_json(answer.body, strict=True).id == "gigachat"
