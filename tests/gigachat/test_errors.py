import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigagate.core import key_owner
from gigagate.errors import (
    ContextLengthExceeded,
    CredentialsRejected,
    GigaGateError,
    UpstreamError,
    UpstreamProtocolError,
    UpstreamRateLimited,
    UpstreamRejected,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from gigagate.gigachat import errors

NOW = 1_700_000_000
HTML = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>SynGX</body></html>"


def error(status: int, body: bytes = b"", **headers: str) -> GigaGateError:
    return errors.from_answer(status, headers, body, now=NOW)


def said(message: str, status: int = 400) -> bytes:
    return f'{{"status":{status},"message":"{message}"}}\n'.encode()


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "text"),
    [
        (400, said("Your request contains invalid JSON syntax."), UpstreamRejected,
         "upstream_rejected", "GigaChat: Your request contains invalid JSON syntax."),
        (402, said("Payment Required"), UpstreamRejected,
         "insufficient_quota", "GigaChat: Payment Required. The tokens paid for"),
        (403, said("Permission denied"), UpstreamRejected,
         "permission_denied", "GigaChat: Permission denied."),
        (403, b'{"message":"Unauthorized"}', UpstreamRejected,
         "permission_denied", "GigaChat: Unauthorized."),
        (404, said("No such model"), UpstreamRejected,
         "model_not_found", "GigaChat: No such model. GET /v1/models lists"),
        (423, b"<h1>Locked</h1>", UpstreamRejected,
         "model_unavailable", "GigaChat: Locked. The model is switched off at GigaChat for now"),
        (403, said("Model is temporarily unavailable due to technical reasons"), UpstreamRejected,
         "model_unavailable", "GigaChat: Model is temporarily unavailable due to technical"),
        (404, b"", UpstreamRejected, "not_found", "GigaChat answered 404 without a message."),
        (413, said("Payload too large"), UpstreamRejected,
         "request_too_large", "GigaChat: Payload too large."),
        (422, said("Invalid params: system message must be the first message"), UpstreamRejected,
         "upstream_rejected", "GigaChat: Invalid params: system message must be the first"),
        (500, said("Internal Server Error"), UpstreamError,
         "upstream_failed", "GigaChat: Internal Server Error. The fault is on GigaChat's side"),
        (502, HTML, UpstreamProtocolError,
         "upstream_protocol_error", "GigaChat: 502 Bad Gateway."),
        (503, b"", UpstreamUnavailable,
         "upstream_unavailable", "GigaChat answered 503 without a message."),
        (504, HTML, UpstreamTimeout, "upstream_timeout", "GigaChat: 502 Bad Gateway."),
        (400, b'{"code":5,"message":"scope is empty"}', UpstreamRejected,
         "upstream_rejected", "GigaChat: scope is empty."),
        (400, b'{"error":{"message":"nested"}}', UpstreamRejected,
         "upstream_rejected", "GigaChat: nested."),
        (400, b"[1]", UpstreamRejected, "upstream_rejected", "GigaChat answered 400 without"),
    ],
)  # fmt: skip
def test_status_and_words_are_kept(
    status: int, body: bytes, kind: type[GigaGateError], code: str, text: str
) -> None:
    found = error(status, body)
    assert type(found) is kind
    assert (found.status, found.code) == (status, code)
    assert found.message.startswith(text)


@pytest.mark.parametrize("status", [101, 204, 302, 700])
def test_an_answer_that_is_neither_success_nor_error_is_a_502(status: int) -> None:
    found = error(status)
    assert isinstance(found, UpstreamProtocolError)
    assert found.status == 502
    assert str(status) in found.message


def test_a_refused_key_is_the_proxys_not_the_clients() -> None:
    found = error(401, said("Unauthorized", 401))
    assert isinstance(found, CredentialsRejected)
    assert found.status == 401
    assert found.message == (
        "GigaChat rejected this proxy's authorization key (Unauthorized). "
        "Fix GIGACHAT_AUTH_KEY on the proxy; the key in your client is not used."
    )


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (401, "invalid_api_key", "Fix the API key of your client"),
        (402, "insufficient_quota", "The tokens paid for on your GigaChat account are used up."),
        (403, "permission_denied", "That is not open to your GigaChat account."),
    ],
)
def test_a_client_with_a_key_of_its_own_is_told_of_that_key(
    status: int, code: str, told: str
) -> None:
    answered = errors.from_answer(status, {}, said("No", status), now=0, owner=key_owner.CLIENT)
    in_the_answer = errors.from_event({"status": status, "message": "No"}, key_owner.CLIENT)
    for found in (answered, in_the_answer):
        assert (found.status, found.code) == (status, code)
        assert told in found.message
        assert "proxy's" not in found.message
        assert "GIGACHAT_AUTH_KEY" not in found.message


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (413, "Tokens limit exceeded"),
        (422, "Unprocessable Entity"),
        (422, "Invalid params: number of tokens exceeds the limit"),
        (400, "maximum context length is 131072 tokens"),
        (422, "context window exceeded"),
        (400, "Too many tokens in the request"),
        (422, "The prompt is too long"),
        (422, "CONTEXT_TOO_LONG"),
        (422, "Превышена длина контекста"),
    ],
)
def test_a_context_overflow_is_told_in_words_that_clients_know(status: int, message: str) -> None:
    found = error(status, said(message, status))
    assert isinstance(found, ContextLengthExceeded)
    assert (found.status, found.code) == (400, "context_length_exceeded")
    assert message in found.message
    assert "This model's maximum context length is" in found.message, "what litellm looks for"
    assert "rate limit" not in found.message
    assert "per minute" not in found.message


@pytest.mark.parametrize("body", [said("Payload too large", 413), b"<title>413 Too Large</title>"])
@pytest.mark.parametrize(("operation", "param"), errors.LIMITED_BY_CONTEXT.items())
def test_too_large_a_payload_is_an_overflow_where_text_is_what_was_sent(
    operation: str, param: str, body: bytes
) -> None:
    found = errors.from_answer(413, {}, body, now=0, operation=operation)
    assert isinstance(found, ContextLengthExceeded)
    assert found.param == param
    of_a_file = errors.from_answer(413, {}, body, now=0, operation="files")
    assert of_a_file.code == "request_too_large"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "max_tokens exceeds the limit"),
        (422, "Invalid params: repetition_penalty must be in range (0, +inf)"),
        (429, "Tokens limit exceeded"),
        (500, "context length"),
    ],
)
def test_other_errors_are_no_context_overflow(status: int, message: str) -> None:
    assert not isinstance(error(status, said(message, status)), ContextLengthExceeded)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5),
        ("0", 0),
        ("1.2", 2),
        (" 7 ", 7),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30),
        ("Tue, 14 Nov 2000 22:13:50 GMT", 0),
        ("99999999", 86400),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: int | None) -> None:
    found = errors.from_answer(429, {"Retry-After": value}, said("Too many requests"), now=NOW)
    assert isinstance(found, UpstreamRateLimited)
    assert found.status == 429
    assert found.retry_after == seconds


def test_retry_after_is_for_errors_worth_a_retry() -> None:
    assert errors.from_answer(503, {"retry-after": "3"}, b"", now=NOW).retry_after == 3
    assert errors.from_answer(400, {"retry-after": "3"}, b"", now=NOW).retry_after is None
    assert error(429).retry_after is None


def test_secrets_in_gigachats_words_are_masked() -> None:
    found = error(400, said("refused Authorization: Bearer abcdefghijklmnop1234"))
    assert "abcdefghijklmnop1234" not in found.message
    assert "refused" in found.message


def test_long_pages_are_shortened() -> None:
    assert len(error(500, b"<p>" + b"word " * 10_000).message) < 300
    assert len(error(500, said("word " * 10_000)).message) < 700


@pytest.mark.parametrize(
    ("event", "status", "text"),
    [
        ({"status": 429, "message": "Too many requests"}, 429, "Too many requests"),
        ({"status": 500, "message": "Internal Server Error"}, 500, "Internal Server Error"),
        ({"status_code": 500, "message": "Internal Server Error"}, 500, "Internal Server Error"),
        ({"status_code": 423, "message": "Locked"}, 423, "switched off"),
        ({"code": 503, "message": "busy"}, 503, "busy"),
        ({"error": {"message": "broken", "code": 500}}, 500, "broken"),
        ({"error": "broken"}, 502, "broken"),
        ({"message": "broken", "status": "error"}, 502, "broken"),
        ({"message": None}, 502, "without a message"),
    ],
)
def test_an_error_object_in_a_stream_is_an_error(
    event: dict[str, object], status: int, text: str
) -> None:
    found = errors.from_event(event)
    assert found.status == status
    assert text in found.message


@given(st.integers(100, 999), st.binary(max_size=200), st.text())
def test_any_answer_makes_an_error_a_client_can_read(
    status: int, body: bytes, retry_after: str
) -> None:
    found = errors.from_answer(status, {"retry-after": retry_after}, body, now=NOW)
    assert 400 <= found.status <= 599
    assert found.message
    assert "<html" not in found.message
