import json

import pytest
from tests.support.translating import Translating

from gigagate.core.http import ClientRequest
from gigagate.core.in_hand import InHand
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.dialects.openai import models
from gigagate.errors import UpstreamProtocolError

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
    assert (sent.method, sent.path, sent.body) == ("GET", "/models", b"")
    listed = json.loads(listing.answer(json.dumps({"object": "list", "data": [MODEL]}).encode()))
    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == ["gigachat", "GigaChat-2"]
    assert all(model["object"] == "model" for model in listed["data"])
    assert all(isinstance(model["created"], int) for model in listed["data"])


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("gigachat", "/models/GigaChat-2-Max"),
        ("GIGACHAT", "/models/GigaChat-2-Max"),
        ("GigaChat-2", "/models/GigaChat-2"),
        ("GigaChat-2:2.0.1", "/models/GigaChat-2%3A2.0.1"),
        ("openai/gpt 5", "/models/openai%2Fgpt%205"),
        ("../files?x#y", "/models/..%2Ffiles%3Fx%23y"),
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
        "owned_by": "salutedevices",
    }


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"data":{}}'])
def test_an_answer_that_is_no_list_is_the_upstreams_error(body: bytes) -> None:
    with pytest.raises(UpstreamProtocolError):
        Translating(models.listed, call()).answer(body)
