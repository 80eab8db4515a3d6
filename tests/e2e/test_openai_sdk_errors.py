"""Every failure reaches the openai package as the exception made for it, with words that help."""

import json
from typing import Any

import openai
import pytest
from openai import OpenAI
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator

CHAT: dict[str, Any] = {"model": "gigachat", "messages": [{"role": "user", "content": "Привет"}]}
REPEATED = 2
"""A failure the proxy repeats once by itself must happen twice to be seen."""


def refuse(emulator: Emulator, status: int, message: str, **headers: str) -> None:
    body = json.dumps({"status": status, "message": message})
    emulator.faults.add(
        path="/chat/completions", status=status, body=body, headers=headers, times=REPEATED
    )


WRONG_REQUESTS = [
    ({"messages": []}, "messages"),
    ({"messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
    ({"messages": [{"role": "wizard", "content": "hi"}]}, "messages[0].role"),
    ({"temperature": "hot"}, "temperature"),
    ({"stream": "yes"}, "stream"),
    ({"tools": [{"type": "function"}]}, "tools[0].function"),
    ({"modalities": ["audio"]}, "modalities"),
]


@pytest.mark.parametrize(("wrong", "param"), WRONG_REQUESTS)
def test_a_wrong_request_names_its_field(
    client: OpenAI, emulator: Emulator, wrong: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**CHAT | wrong)
    assert caught.value.param == param
    assert param in caught.value.message
    assert caught.value.type == "invalid_request_error"
    assert [r for r in emulator.log if "chat" in r.path] == [], "nothing went upstream"


REFUSALS: list[tuple[int, str, type[openai.APIStatusError], str, str]] = [
    (400, "Bad Request", openai.BadRequestError, "upstream_rejected", "Bad Request"),
    (402, "Payment Required", openai.APIStatusError, "insufficient_quota", "paid for"),
    (403, "Permission denied", openai.PermissionDeniedError, "permission_denied", "account"),
    (404, "No such model", openai.NotFoundError, "model_not_found", "/v1/models"),
    (413, "Payload too large", openai.BadRequestError, "context_length_exceeded", "Shorten"),
    (422, "Invalid params", openai.UnprocessableEntityError, "upstream_rejected", "Invalid"),
    (422, "tokens limit exceeded", openai.BadRequestError, "context_length_exceeded", "Shorten"),
    (500, "Oops", openai.InternalServerError, "upstream_failed", "try again"),
]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("status", "said", "error", "code", "advice"), REFUSALS)
def test_gigachats_refusals_have_their_exceptions(
    client: OpenAI,
    emulator: Emulator,
    stream: bool,
    status: int,
    said: str,
    error: type[openai.APIStatusError],
    code: str,
    advice: str,
) -> None:
    refuse(emulator, status, said)
    with pytest.raises(error) as caught:
        client.chat.completions.create(**CHAT, stream=stream)
    assert caught.value.code == code
    assert said in caught.value.message
    assert advice in caught.value.message
    assert caught.value.request_id


def test_too_many_requests_tell_when_to_come_back(client: OpenAI, emulator: Emulator) -> None:
    refuse(emulator, 429, "Too many requests", **{"Retry-After": "300"})
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(**CHAT)
    assert caught.value.response.headers["retry-after"] == "300"
    assert caught.value.code == "rate_limit_exceeded"
    assert "one request at a time" in caught.value.message


def test_the_packages_own_retry_gets_the_answer(proxy: Proxy, emulator: Emulator) -> None:
    refuse(emulator, 500, "Oops")
    with OpenAI(base_url=proxy.base_url, api_key="any", max_retries=3) as client:
        assert client.chat.completions.create(**CHAT).choices[0].message.content


def test_the_proxys_rejected_key_is_not_the_clients_fault(
    client: OpenAI, emulator: Emulator
) -> None:
    refuse(emulator, 401, "Unauthorized")
    with pytest.raises(openai.AuthenticationError) as caught:
        client.chat.completions.create(**CHAT)
    assert caught.value.code == "upstream_credentials_rejected"
    assert "GIGACHAT_AUTH_KEY" in caught.value.message


IN_STREAM = [
    ({"sse_error": {"status": 500, "message": "Oops"}}, "Oops"),
    ({"close": "mid_stream"}, "Try your request again"),
    ({"truncate_json": True}, "Try your request again"),
    ({"no_done": True}, "Try your request again"),
]


@pytest.mark.parametrize(("fault", "said"), IN_STREAM)
def test_an_error_inside_a_stream_is_raised_after_the_text_before_it(
    client: OpenAI, emulator: Emulator, fault: dict[str, Any], said: str
) -> None:
    emulator.faults.add(path="/chat/completions", after_events=3, **fault)
    received = ""
    with client.chat.completions.create(**CHAT, stream=True) as stream:
        with pytest.raises(openai.APIError) as caught:
            for chunk in stream:
                received += chunk.choices[0].delta.content or ""
    assert "Здравствуйте" in received
    assert said in caught.value.message
    assert not isinstance(caught.value, openai.APIConnectionError)


def test_a_path_that_is_not_served_says_what_is(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.moderations.create(input="hi")
    assert "POST /v1/chat/completions" in caught.value.message
