import json
from typing import Any

import pytest
from tests.support.gigachat_wire import completion, deltas, events, text_of
from tests.support.translating import Translating

from gigagate.core.http import ClientRequest
from gigagate.core.in_hand import InHand
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.dialects.json_body import parse_object
from gigagate.dialects.openai.chat import checked, translate
from gigagate.errors import InvalidRequest, UpstreamProtocolError

MESSAGES = [{"role": "user", "content": "Привет"}]


def handler(policy: Policy | None = None, **chat: Any) -> Translating:
    body = json.dumps({"model": "gigachat", "messages": MESSAGES, **chat}).encode()
    return Translating(
        translate,
        InHand(
            request=ClientRequest("POST", "/v1/chat/completions", {}, body),
            policy=policy or Policy(),
            request_id="ab" * 16,
            now=1,
            notes=Notes(),
            report=Report(),
        ),
    )


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"messages": None}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": []}, "messages"),
        ({"model": None}, "model"),
        ({"model": 7}, "model"),
        ({"stream": "true"}, "stream"),
        ({"stream": 1}, "stream"),
        ({"stream_options": []}, "stream_options"),
    ],
)
def test_a_wrong_type_at_the_top_names_the_field(fields: dict[str, Any], param: str) -> None:
    body = json.dumps({"model": "gigachat", "messages": MESSAGES, **fields}).encode()
    with pytest.raises(InvalidRequest, match=param) as raised:
        checked(parse_object(body))
    assert raised.value.param == param


@pytest.mark.parametrize("stream", [None, False])
def test_a_plain_request_wants_json(stream: bool | None) -> None:
    chat = handler(stream=stream, stream_options=None)
    sent = chat.upstream_request()
    assert not chat.wants_stream
    assert sent.headers["Accept"] == "application/json"


def test_the_upstream_request_is_gigachats() -> None:
    chat = handler(stream=True)
    sent = chat.upstream_request()
    assert chat.wants_stream
    assert (sent.method, sent.path) == ("POST", "/v1/chat/completions")
    assert json.loads(sent.body) == {
        "model": "GigaChat-2-Max",
        "messages": MESSAGES,
        "stream": True,
    }
    assert "Привет".encode() in sent.body
    assert sent.headers["Accept"] == "text/event-stream"
    assert sent.headers["Content-Type"] == "application/json"
    assert sent.headers["X-Request-ID"].replace("-", "").startswith("abab")
    assert len(sent.headers["X-Session-ID"]) == 36


def test_no_session_without_the_prompt_cache() -> None:
    assert "X-Session-ID" not in handler(Policy(prompt_cache=False)).upstream_request().headers


@pytest.mark.parametrize("include_usage", [False, True])
def test_json_in_place_of_a_stream_still_becomes_a_stream(include_usage: bool) -> None:
    chat = handler(stream=True, stream_options={"include_usage": include_usage})
    chat.upstream_request()
    stream = chat.answer(json.dumps(completion("Привет.")).encode())
    assert text_of(stream) == "Привет."
    assert events(stream)[-1] == "[DONE]"
    usages = [event for event in events(stream) if event != "[DONE]" and not event["choices"]]
    assert len(usages) == include_usage


@pytest.mark.parametrize("form", ["tools", "functions"])
def test_the_answer_has_the_form_of_the_requests_functions(form: str) -> None:
    function = {"name": "f", "parameters": {"type": "object", "properties": {}}}
    given = [{"type": "function", "function": function}] if form == "tools" else [function]
    chat = handler(**{form: given})
    chat.upstream_request()
    call = completion("", finish="function_call", function_call={"name": "f", "arguments": {}})
    (choice,) = json.loads(chat.answer(json.dumps(call).encode()))["choices"]
    wanted = {"tools": "tool_calls", "functions": "function_call"}[form]
    assert wanted in choice["message"]
    assert choice["finish_reason"] == wanted


def test_a_request_with_functions_gets_a_function_call() -> None:
    chat = handler(functions=[{"name": "weather"}])
    call = {"name": "weather", "arguments": {"city": "Омск"}}
    answer = completion("", finish="function_call", function_call=call)
    told = json.loads(chat.answer(json.dumps(answer).encode()))
    assert (told["id"], told["object"]) == (f"chatcmpl-{'ab' * 16}", "chat.completion")
    (choice,) = told["choices"]
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": None,
        "function_call": {"name": "weather", "arguments": '{"city":"Омск"}'},
    }
    assert choice["finish_reason"] == "function_call"


def test_renamed_functions_come_back_under_their_own_name() -> None:
    function = {"name": "web_search", "parameters": {"type": "object", "properties": {}}}
    chat = handler(stream=True, tools=[{"type": "function", "function": function}])
    (sent,) = json.loads(chat.upstream_request().body)["functions"]
    assert sent["name"] != "web_search"
    call = {"name": sent["name"], "arguments": {}}
    answer = completion("", finish="function_call", function_call=call)
    stream = chat.answer(json.dumps(answer).encode())
    (tool_call,) = deltas(stream)[1]["tool_calls"]
    assert tool_call["function"]["name"] == "web_search"


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b'{"choices":[{"mess'])
def test_an_answer_that_is_no_json_is_the_upstreams_error(body: bytes) -> None:
    chat = handler()
    chat.upstream_request()
    with pytest.raises(UpstreamProtocolError, match="not JSON"):
        chat.answer(body)
