import json

import pytest
from tests.support.anthropic_types import strict_error, strict_events, strict_model

from gigagate import errors
from gigagate.core import model_list
from gigagate.core.policy import Policy
from gigagate.dialects import counting
from gigagate.dialects.anthropic import models
from gigagate.dialects.anthropic.envelope import ENVELOPE
from gigagate.dialects.anthropic.writer import MessageWriter

LISTED = model_list.shown(
    Policy(aliases={"gigachat": "GigaChat-2-Max"}), [{"id": "GigaChat-2-Max"}, {"id": "Embeddings"}]
)
CHAT = {"messages": [{"role": "user", "content": "x" * 40}]}


def broken(error: errors.GigaGateError) -> bytes:
    """The end of a stream that breaks off before it has begun."""
    writer = MessageWriter(request_id="ab", model="m", shows_thinking=False, estimate=lambda: 1)
    return writer.broken(error)


@pytest.mark.parametrize(
    ("error", "kind", "again"),
    [
        (errors.InvalidRequest("m"), "invalid_request_error", False),
        (errors.InvalidApiKey("m"), "authentication_error", False),
        (errors.HostNotAllowed("m"), "permission_error", False),
        (errors.NotFound("m"), "not_found_error", False),
        (errors.RequestTooLarge("m"), "request_too_large", False),
        (errors.RequestTimeout("m"), "invalid_request_error", True),
        (errors.UpstreamRejected("m", status=402), "billing_error", False),
        (errors.UpstreamRateLimited("m"), "rate_limit_error", True),
        (errors.NoSlot("m"), "rate_limit_error", True),
        (errors.UpstreamUnavailable("m"), "overloaded_error", True),
        (errors.UpstreamTimeout("m"), "timeout_error", True),
        (errors.UpstreamProtocolError("m"), "api_error", True),
        (errors.UpstreamUntrusted("m"), "api_error", False),
        (errors.InternalError(), "api_error", False),
        (errors.CredentialsRejected("m"), "authentication_error", False),
    ],
)
def test_errors(error: errors.GigaGateError, kind: str, again: bool) -> None:
    body = ENVELOPE.error(error, "ab").body
    strict_error(body)
    detail = {"type": kind, "message": error.message}
    assert json.loads(body) == {"type": "error", "error": detail, "request_id": "req_ab"}
    (last,) = strict_events(broken(error))
    assert last["error"] == detail
    assert ENVELOPE.error_headers(error) == ({} if again else {"x-should-retry": "false"})


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("Tokens limit exceeded", "prompt is too long. Tokens"),
        ("422: more than 131072 tokens", "prompt is too long. 422"),
        ("131072 is the limit, got 140000.", "prompt is too long: 140000 tokens > 131072 maximum."),
    ],
)
def test_an_overflow_is_told_in_the_words_claude_code_knows(message: str, begins: str) -> None:
    told = strict_error(ENVELOPE.error(errors.ContextLengthExceeded(message), "ab").body)
    assert told.error.type == "invalid_request_error"
    assert told.error.message.startswith(begins)


def test_the_list_of_models_has_names_that_claude_code_shows() -> None:
    page = json.loads(models.listing(LISTED).body)
    ids = [strict_model(entry).id for entry in page["data"]]
    assert ids == [
        *("gigachat", "GigaChat-2-Max", "Embeddings"),
        *("claude-gigachat", "claude-gigachat-2-max"),
    ]
    assert (page["first_id"], page["last_id"]) == (ids[0], ids[-1])
    assert json.loads(models.listing([]).body)["data"] == []
    strict_model(json.loads(models.one(LISTED[0]).body))


@pytest.mark.parametrize(
    ("answer", "tokens"),
    [
        (b'[{"object":"tokens","tokens":7,"characters":9},{"tokens":5}]', 12),
        (b"[]", 10),
        (b'[{"tokens":"x"}, 7]', 10),
    ],
)
def test_tokens_are_gigachats_count_or_an_estimate(answer: bytes, tokens: int) -> None:
    assert counting.tokens(CHAT, answer) == tokens


@pytest.mark.parametrize("answer", [b"", b"{}"])
def test_a_count_that_is_none_is_an_error(answer: bytes) -> None:
    with pytest.raises(errors.UpstreamProtocolError):
        counting.tokens(CHAT, answer)
