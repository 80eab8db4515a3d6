import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.gigachat_wire import (
    DONE,
    MODEL,
    completion,
    data,
    delta,
    events,
    finish_reasons,
    text_of,
    text_stream,
)

from gigagate.core.pivot import Usage
from gigagate.core.policy import Policy
from gigagate.errors import (
    GigaGateError,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    UpstreamRateLimited,
    UpstreamTimeout,
)
from gigagate.exchange import Answer, ClientRequest, Exchange

REQUEST_ID = "0f8fad5bd9cb469fa16570867728950e"
EVENT_STREAM = "text/event-stream"


def exchange(method: str = "POST", path: str = "/v1/chat/completions", **chat: Any) -> Exchange:
    body = {"model": "gigachat", "messages": [{"role": "user", "content": "hi"}], **chat}
    request = ClientRequest(method, path, {}, json.dumps(body).encode())
    return Exchange(request, Policy(), request_id=REQUEST_ID, now=1_700_000_000)


def asked(**chat: Any) -> Exchange:
    ready = exchange(**chat)
    ready.upstream_request()
    return ready


def streaming(**chat: Any) -> Exchange:
    ready = asked(stream=True, **chat)
    assert ready.begins_stream(200, EVENT_STREAM)
    return ready


def feed(ready: Exchange, *chunks: bytes) -> bytes:
    out = [piece for chunk in (*chunks, b"") for piece in ready.feed(chunk)]
    assert all(out)
    return b"".join(out)


def error_of(answer: Answer) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/json"
    error: dict[str, Any] = json.loads(answer.body)["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return error


# The request


def test_what_becomes_known_of_the_request_is_reported() -> None:
    ready = asked(temperature=0)
    assert ready.report.endpoint == "/chat/completions"
    assert ready.report.model_asked == "gigachat"
    assert {note.kind for note in ready.notes} == {"model", "parameter"}
    assert not ready.wants_stream


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/v1/chat/completions", MethodNotAllowed),
        ("POST", "/v1/nothing", NotFound),
    ],
)
def test_the_request_is_refused_not_the_exchange(
    method: str, path: str, kind: type[GigaGateError]
) -> None:
    ready = exchange(method, path)
    with pytest.raises(kind) as raised:
        ready.upstream_request()
    assert ready.fail(raised.value).status == kind.status


@pytest.mark.parametrize("depth", [200, 2_000, 50_000])
def test_absurd_nesting_is_the_clients_error_or_none(depth: int) -> None:
    nested = '{"type":"object","properties":{"a":' * depth + "{}" + "}}" * depth
    body = (
        '{"model":"gigachat","messages":[{"role":"user","content":"hi"}],"tools":'
        '[{"type":"function","function":{"name":"f","parameters":' + nested + "}}]}"
    )
    request = ClientRequest("POST", "/v1/chat/completions", {}, body.encode())
    ready = Exchange(request, Policy(), request_id=REQUEST_ID, now=1)
    try:
        json.loads(ready.upstream_request().body)
    except InvalidRequest as error:
        assert "deep" in error.message or "too many" in error.message


# A stream


@pytest.mark.parametrize(
    ("stream", "status", "content_type", "begins"),
    [
        (True, 200, EVENT_STREAM, True),
        (True, 200, "Text/Event-Stream; charset=utf-8", True),
        (True, 200, "application/json", False),
        (True, 200, "", False),
        (True, 429, EVENT_STREAM, False),
        (False, 200, EVENT_STREAM, False),
    ],
)
def test_a_stream_begins_only_where_one_was_asked_for_and_given(
    stream: bool, status: int, content_type: str, begins: bool
) -> None:
    assert asked(stream=stream).begins_stream(status, content_type) is begins


def test_a_stream_from_first_byte_to_last() -> None:
    ready = streaming(stream_options={"include_usage": True})
    assert ready.stream_headers() == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
        "x-request-id": REQUEST_ID,
    }
    out = feed(ready, text_stream("Привет", ", мир"))
    assert text_of(out) == "Привет, мир"
    heads = [event for event in events(out) if event != "[DONE]"]
    assert {head["id"] for head in heads} == {f"chatcmpl-{REQUEST_ID}"}
    assert {head["model"] for head in heads} == {MODEL}
    assert len({head["created"] for head in heads}) == 1
    assert ready.ended
    assert not ready.abandons_upstream
    assert ready.report.usage == Usage(19, 42, cached=2)
    assert ready.report.finish_reason == "stop"
    assert ready.report.error is None


def test_one_chunk_in_makes_at_most_one_chunk_out() -> None:
    assert len(streaming().feed(text_stream("a", "b", "c"))) == 1
    assert streaming().feed(b"data: {") == []


def test_nothing_follows_the_end() -> None:
    ready = streaming()
    feed(ready, text_stream("a"))
    assert ready.feed(text_stream("b")) == []
    assert ready.feed(b"") == []
    assert ready.fail_stream(UpstreamTimeout("too slow")) == []


def test_a_stream_that_breaks_off_ends_in_an_error_without_done() -> None:
    ready = streaming()
    out = feed(ready, delta("a", role="assistant"))
    assert text_of(out) == "a"
    assert events(out)[-1]["error"]["code"] == "upstream_protocol_error"
    assert b"[DONE]" not in out
    assert finish_reasons(out) == []
    assert ready.ended
    assert ready.report.error == "upstream_protocol_error"


def test_an_error_object_in_the_stream_is_the_last_thing_the_client_gets() -> None:
    ready = streaming()
    error = data({"status": 429, "message": "Too many requests"})
    out = feed(ready, delta("a") + error + delta("b") + DONE)
    assert text_of(out) == "a"
    assert events(out)[-1]["error"]["code"] == "rate_limit_exceeded"
    assert ready.abandons_upstream


def test_the_callers_own_error_ends_the_stream() -> None:
    ready = streaming()
    ready.feed(delta("a"))
    (last,) = ready.fail_stream(UpstreamTimeout("GigaChat has been silent for 60 s."))
    assert events(last) == [
        {
            "error": {
                "message": "GigaChat has been silent for 60 s.",
                "type": "upstream_error",
                "param": None,
                "code": "upstream_timeout",
            }
        }
    ]
    assert ready.ended
    assert ready.report.error == "upstream_timeout"


def test_a_stop_sequence_ends_the_stream_before_gigachat_does() -> None:
    ready = streaming(stop="wo")
    (out,) = ready.feed(delta("one two three"))
    assert text_of(out) == "one t"
    assert events(out)[-1] == "[DONE]"
    assert ready.ended
    assert ready.abandons_upstream
    assert ready.report.error is None


@pytest.mark.parametrize(
    ("fault", "event"),
    [
        ("gigagate.gigachat.v1.plain_event.text_of", delta("b")),
        ("gigagate.gigachat.answer_json.strict_json.loads", delta("b", finish_reason="stop")),
    ],
)
def test_a_fault_of_ours_is_an_error_event_and_is_kept_for_the_log(
    monkeypatch: pytest.MonkeyPatch, fault: str, event: bytes
) -> None:
    ready = streaming()
    ready.feed(delta("a"))
    monkeypatch.setattr(fault, lambda *_: 1 / 0)
    (out,) = ready.feed(event)
    assert events(out)[-1]["error"]["code"] == "internal_error"
    assert "division" not in out.decode()
    assert isinstance(ready.crash, ZeroDivisionError)
    assert ready.ended


def test_feeding_an_exchange_that_asked_nothing_is_no_exception() -> None:
    (out,) = exchange().feed(b"data: {}\n\n")
    assert json.loads(out)["error"]["code"] == "internal_error"


@given(st.lists(st.binary()))
def test_garbage_never_raises_and_ends_in_an_error(chunks: list[bytes]) -> None:
    ready = streaming()
    out = feed(ready, *[chunk for chunk in chunks if chunk])
    assert "error" in events(out)[-1]
    assert ready.ended
    assert ready.crash is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("function_call"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "message", "content", "role", "function_call", "name",
                 "arguments", "finish_reason", "usage", "prompt_tokens", "error", "status",
                 "model", "created", "functions_state_id", "reasoning_content"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)  # fmt: skip
shapes = st.fixed_dictionaries(
    {
        "choices": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "delta": json_values,
                    "message": json_values,
                    "finish_reason": json_values,
                },
            )
        )
    }
)


@given(st.lists(json_values | shapes, max_size=5))
def test_misshapen_events_never_crash_the_translation(values: list[Any]) -> None:
    ready = streaming(stop=["x"])
    out = feed(ready, *map(data, values))
    assert ready.crash is None
    assert ready.ended
    assert ("error" in events(out)[-1]) is (ready.report.error is not None)


# A whole answer


def test_a_whole_answer() -> None:
    ready = asked()
    answer = ready.answer(200, {}, json.dumps(completion("Привет.")).encode())
    assert answer.status == 200
    assert answer.headers == {"content-type": "application/json", "x-request-id": REQUEST_ID}
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == "Привет."
    assert "Привет".encode() in answer.body
    assert ready.ended
    assert ready.report.model_answered == MODEL


def test_json_where_a_stream_was_asked_for_is_given_as_a_stream() -> None:
    answer = asked(stream=True).answer(200, {}, json.dumps(completion("Привет.")).encode())
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert text_of(answer.body) == "Привет."


@pytest.mark.parametrize("stream", [False, True])
def test_an_upstream_error_keeps_its_status_words_and_retry_after(stream: bool) -> None:
    ready = asked(stream=stream)
    body = b'{"status":429,"message":"Too many requests"}\n'
    answer = ready.answer(429, {"Retry-After": "5"}, body)
    assert answer.status == 429
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["x-request-id"] == REQUEST_ID
    assert error_of(answer)["message"].startswith("GigaChat: Too many requests.")
    assert ready.report.error == "rate_limit_exceeded"
    assert ready.ended


def test_a_fault_of_ours_is_a_500_and_is_kept_for_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = asked()
    monkeypatch.setattr("gigagate.gigachat.answer_json.strict_json.loads", lambda *_: 1 / 0)
    answer = ready.answer(200, {}, b"{}")
    assert answer.status == 500
    assert error_of(answer)["code"] == "internal_error"
    assert isinstance(ready.crash, ZeroDivisionError)


def test_the_callers_own_error_is_an_answer() -> None:
    answer = exchange().fail(UpstreamRateLimited("The queue is full.", retry_after=3))
    assert answer.status == 429
    assert answer.headers["retry-after"] == "3"
    assert error_of(answer) == {
        "message": "The queue is full.",
        "type": "rate_limit_error",
        "param": None,
        "code": "rate_limit_exceeded",
    }


@given(st.integers(100, 999), st.binary() | json_values.map(lambda v: json.dumps(v).encode()))
def test_any_upstream_answer_makes_an_answer(status: int, body: bytes) -> None:
    ready = asked()
    answer = ready.answer(status, {}, body)
    assert ready.crash is None
    assert ready.ended
    if status == 200 and answer.status == 200:
        assert "choices" in json.loads(answer.body)
    else:
        assert answer.status >= 400
        assert error_of(answer)["message"]


# Models


def test_models_are_listed() -> None:
    ready = exchange("GET", "/v1/models")
    assert ready.upstream_request().path == "/v1/models"
    assert not ready.begins_stream(200, EVENT_STREAM)
    answer = ready.answer(200, {}, b'{"object":"list","data":[{"id":"GigaChat-2"}]}')
    names = [model["id"] for model in json.loads(answer.body)["data"]]
    assert names == ["gigachat", "gigachat-max", "gigachat-pro", "gigachat-lite", "GigaChat-2"]


def test_an_alias_is_a_model() -> None:
    ready = exchange("GET", "/models/gigachat-pro")
    assert ready.upstream_request().path == "/v1/models/GigaChat-2-Pro"
    answer = ready.answer(200, {}, b'{"id":"GigaChat-2-Pro","object":"model"}')
    assert json.loads(answer.body)["id"] == "gigachat-pro"


def test_an_unknown_model_is_a_404() -> None:
    ready = exchange("GET", "/v1/models/gpt-5")
    ready.upstream_request()
    answer = ready.answer(404, {}, b'{"status":404,"message":"No such model"}\n')
    assert answer.status == 404
    assert error_of(answer)["code"] == "model_not_found"
