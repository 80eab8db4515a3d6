import json

import pytest
from tests.support.google_types import strict_error, strict_events, strict_model

from gigagate import errors
from gigagate.core import model_list
from gigagate.core.policy import Policy
from gigagate.dialects.gemini import models
from gigagate.dialects.gemini.envelope import ENVELOPE
from gigagate.dialects.gemini.writer import EVENTS, CandidateWriter

LISTED = model_list.shown(
    Policy(aliases={"gigachat": "GigaChat-2-Max"}), [{"id": "GigaChat-2-Max"}, {"id": "Embeddings"}]
)
RPC = "type.googleapis.com/google.rpc."


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (errors.InvalidRequest("m"), 400, "INVALID_ARGUMENT"),
        (errors.InvalidApiKey("m"), 401, "UNAUTHENTICATED"),
        (errors.HostNotAllowed("m"), 403, "PERMISSION_DENIED"),
        (errors.NotFound("m"), 404, "NOT_FOUND"),
        (errors.MethodNotAllowed("m"), 405, "UNIMPLEMENTED"),
        (errors.RequestTooLarge("m"), 413, "INVALID_ARGUMENT"),
        (errors.UpstreamRejected("m", status=402), 402, "FAILED_PRECONDITION"),
        (errors.UpstreamRejected("m", status=422), 422, "INVALID_ARGUMENT"),
        (errors.UpstreamRateLimited("m"), 429, "RESOURCE_EXHAUSTED"),
        (errors.NoSlot("m"), 429, "RESOURCE_EXHAUSTED"),
        (errors.InternalError(), 500, "INTERNAL"),
        (errors.UpstreamProtocolError("m"), 502, "UNAVAILABLE"),
        (errors.UpstreamUnavailable("m"), 503, "UNAVAILABLE"),
        (errors.UpstreamTimeout("m"), 504, "DEADLINE_EXCEEDED"),
        (errors.CredentialsRejected("m"), 401, "UNAUTHENTICATED"),
    ],
)
def test_errors(error: errors.GigaGateError, code: int, status: str) -> None:
    told = strict_error(json.loads(ENVELOPE.error(error, "ab").body))
    assert told == {"code": code, "message": error.message, "status": status, "details": []}
    writer = CandidateWriter(EVENTS, request_id="ab", model="m", shows_thoughts=False)
    assert strict_events(writer.broken(error))[-1]["error"] == told


def test_when_to_come_back_and_what_was_wrong_stand_in_the_details() -> None:
    error = errors.InvalidRequest("contents is empty.", param="contents", retry_after=7)
    assert strict_error(json.loads(ENVELOPE.error(error, "ab").body))["details"] == [
        {"@type": f"{RPC}RetryInfo", "retryDelay": "7s"},
        {
            "@type": f"{RPC}BadRequest",
            "fieldViolations": [{"field": "contents", "description": "contents is empty."}],
        },
    ]


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        (
            "Tokens limit exceeded",
            "The input token count exceeds the maximum number of tokens allowed. Tokens",
        ),
        (
            "131072 is the limit, got 140000.",
            "The input token count (140000) exceeds the maximum number of tokens allowed (131072).",
        ),
    ],
)
def test_an_overflow_is_told_in_googles_words(message: str, begins: str) -> None:
    told = strict_error(json.loads(ENVELOPE.error(errors.ContextLengthExceeded(message), "").body))
    assert told["message"].startswith(begins)
    assert told["status"] == "INVALID_ARGUMENT"


def test_the_list_of_models_has_real_windows_and_names_for_clients_that_know_only_googles() -> None:
    listed = json.loads(models.listing(LISTED).body)["models"]
    for entry in listed:
        strict_model(entry)
    names = [entry["name"].removeprefix("models/") for entry in listed]
    assert names == [
        *("gigachat", "GigaChat-2-Max", "Embeddings"),
        *("gemini-3-gigachat", "gemini-3-gigachat-2-max"),
    ]
    assert (listed[1]["inputTokenLimit"], listed[1]["outputTokenLimit"]) == (131_072, 8_192)
    assert listed[1]["supportedGenerationMethods"] == ["generateContent", "countTokens"]
    assert listed[2]["supportedGenerationMethods"] == ["embedContent", "batchEmbedContents"]
    assert json.loads(models.one(LISTED[1]).body) == listed[1]
