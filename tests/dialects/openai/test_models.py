import json
from dataclasses import replace

import pytest
from tests.support.translating import Translating

from gigagate.core.http import ClientRequest, Content
from gigagate.core.in_hand import InHand
from gigagate.core.model_list import FRESH
from gigagate.core.models import OwnRow
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.dialects.openai import models
from gigagate.errors import (
    CredentialsRejected,
    GigaGateError,
    InternalError,
    NoSlot,
    TokenUnavailable,
    UpstreamProtocolError,
    UpstreamRateLimited,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUntrusted,
)

MODEL = {"id": "GigaChat-2", "object": "model", "owned_by": "salutedevices", "type": "chat"}


def call(item: str = "") -> InHand:
    return InHand(
        request=ClientRequest("GET", "/v1/models", {}, b""),
        policy=Policy(aliases={"gigachat": "GigaChat-2-Max"}),
        request_id="ab",
        now=1,
        notes=Notes(),
        report=Report(),
        item=item,
    )


def test_the_list_has_aliases_first_then_gigachats_models() -> None:
    listing = Translating(models.listed, call())
    sent = listing.upstream_request()
    assert (sent.method, sent.path, sent.body) == ("GET", "/v1/models", b"")
    listed = json.loads(listing.answer(json.dumps({"object": "list", "data": [MODEL]}).encode()))
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == ["gigachat", "GigaChat-2"]
    assert all(model["object"] == "model" for model in listed["data"])
    assert all(isinstance(model["created"], int) for model in listed["data"])


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("gigachat", "/v1/models/GigaChat-2-Max"),
        ("GIGACHAT", "/v1/models/GigaChat-2-Max"),
        ("GigaChat-2", "/v1/models/GigaChat-2"),
        ("GigaChat-2:2.0.1", "/v1/models/GigaChat-2%3A2.0.1"),
        ("openai/gpt 5", "/v1/models/openai%2Fgpt%205"),
        ("../files?x#y", "/v1/models/..%2Ffiles%3Fx%23y"),
    ],
)
def test_one_model_is_asked_for_by_its_real_name(asked: str, path: str) -> None:
    assert Translating(models.one, call(asked)).upstream_request().path == path


def test_one_model_answers_under_the_name_that_was_asked() -> None:
    model = Translating(models.one, call("gigachat"))
    model.upstream_request()
    assert json.loads(model.answer(json.dumps(MODEL).encode())) == {
        "id": "gigachat",
        "object": "model",
        "created": 0,
        "owned_by": "gigagate",
        "context_window": 131_072,
        "max_output_tokens": 8_192,
        "supports_vision": True,
        "supports_function_calling": True,
    }


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"data":{}}'])
def test_an_answer_that_is_no_list_is_the_upstreams_error(body: bytes) -> None:
    with pytest.raises(UpstreamProtocolError):
        Translating(models.listed, call()).answer(body)


LIST = json.dumps({"object": "list", "data": [MODEL, {"id": "Embeddings"}]}).encode()


def ids(content: object) -> list[str]:
    assert isinstance(content, Content)
    return [model["id"] for model in json.loads(content.body)["data"]]


def test_the_list_is_remembered_for_minutes_for_all_that_is_made_of_it() -> None:
    first = call()
    everything = ["gigachat", "GigaChat-2", "Embeddings"]
    assert ids(Translating(models.listed, first).content(LIST)) == everything
    later = replace(call(), models=first.models, now=FRESH)
    assert ids(models.listed(later)) == everything
    assert isinstance(models.info(later), Content)
    assert json.loads(models.one(replace(later, item="gigachat-2")).body)["id"] == "GigaChat-2"  # type: ignore[union-attr]
    assert not isinstance(models.one(replace(later, item="other")), Content)
    assert not isinstance(models.listed(replace(later, now=FRESH + 1)), Content)


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (UpstreamUnavailable("no"), True),
        (UpstreamTimeout("no"), True),
        (UpstreamRateLimited("no"), True),
        (UpstreamProtocolError("no"), True),
        (TokenUnavailable("no"), True),
        (CredentialsRejected("no"), False),
        (UpstreamUntrusted("no"), False),
        (NoSlot("no"), False),
        (InternalError(), False),
    ],
)
def test_while_gigachat_is_away_the_last_list_or_the_aliases_are_told(
    error: GigaGateError, away: bool
) -> None:
    never = call()
    instead = Translating(models.listed, never).translation.instead
    assert instead is not None
    told = instead(error)
    assert (told is not None) is away
    if told is not None:
        assert ids(told) == ["gigachat"]
        assert len(never.notes) == 1
        Translating(models.listed, never).content(LIST)
        assert ids(instead(error)) == ["gigachat", "GigaChat-2", "Embeddings"]
    one = Translating(models.one, call("gigachat")).translation.instead
    assert one is not None and (one(error) is not None) is away
    unknown = Translating(models.one, call("gpt-17")).translation.instead
    assert unknown is not None and unknown(error) is None


def test_litellms_form_says_how_much_each_model_holds() -> None:
    asked = call()
    asked.policy = replace(
        asked.policy, models={"GigaChat-2": OwnRow(context_window=261_120, price=65.0)}
    )
    data = json.loads(Translating(models.info, asked).answer(LIST))["data"]
    assert [one["model_name"] for one in data] == ["gigachat", "GigaChat-2", "Embeddings"]
    assert data[0]["litellm_params"] == {"model": "GigaChat-2-Max"}
    assert data[1]["model_info"] == {
        "id": "GigaChat-2",
        "mode": "chat",
        "max_tokens": 8_192,
        "max_input_tokens": 261_120,
        "max_output_tokens": 8_192,
        "supports_vision": False,
        "supports_function_calling": True,
    }
    assert data[2]["model_info"]["mode"] == "embedding"
    listed = models.listed(asked)
    assert isinstance(listed, Content)
    assert json.loads(listed.body)["data"][1]["roubles_per_million_tokens"] == 65.0
