"""Log probabilities of GigaChat v2 in every dialect that has a form for them, wherever the answer
has them: whole, streamed by single bytes, and whole where a stream was wanted."""

import json
from typing import Any

import pytest
from tests.dialects.test_searches import GEMINI, WAYS
from tests.support import gigachat_v2_wire as wire

from gigagate.core.http import UpstreamRequest
from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

QUESTION: Any = [{"role": "user", "content": "Привет?"}]
CHAT = {"model": "gigachat", "messages": QUESTION, "logprobs": True, "top_logprobs": 2}
RESPONSE = {
    "model": "gigachat",
    "input": "Привет?",
    "include": ["message.output_text.logprobs"],
    "top_logprobs": 2,
}
CONTENT = {
    "contents": [{"role": "user", "parts": [{"text": "Привет?"}]}],
    "generationConfig": {"responseLogprobs": True, "logprobs": 2},
}
PROMPT = {"model": "gigachat", "prompt": "Привет?", "logprobs": 2}
ASKED: dict[str, tuple[str, str, Any]] = {
    "openai": ("/v1/chat/completions", "/v1/chat/completions", CHAT),
    "completions": ("/v1/completions", "/v1/completions", PROMPT),
    "responses": ("/v1/responses", "/v1/responses", RESPONSE),
    "gemini": (f"{GEMINI}:generateContent", f"{GEMINI}:streamGenerateContent?alt=sse", CONTENT),
}
TOLD = [("При", -0.25, ["При", "До"]), ("вет 👋", -1.5, ["вет 👋", "ем"])]
PLACES = [
    {
        "chosen": {"token": token, "token_id": 1, "logprob": logprob},
        "top": [
            {"token": other, "token_id": 2, "logprob": logprob - i} for i, other in enumerate(top)
        ],
    }
    for token, logprob, top in TOLD
]
ODD: Any = [{"chosen": {"token": 7}}, "x", {"chosen": {"token": "a", "logprob": True}}, None]


def event(place: str, text: str, given: list[Any]) -> bytes:
    told = {"logprobs": given}
    part = {"text": text} | (told if place == "part" else {})
    message = wire.said(part) | (told if place == "message" else {})
    head = wire.head(messages=[message]) | (told if place == "answer" else {})
    return wire.event("response.message.delta", head)


def answers(place: str) -> tuple[Any, bytes]:
    told = {"logprobs": PLACES + ODD}
    part = {"text": "Привет 👋"} | (told if place == "part" else {})
    message = wire.said(part) | (told if place == "message" else {})
    whole = wire.whole(message) | (told if place == "answer" else {})
    first, second = ([one] for one in PLACES)
    stream = event(place, "При", first + ODD) + event(place, "вет 👋", second) + wire.done()
    return whole, stream


def told_by(dialect: str, way: str, place: str, **more: Any) -> bytes:
    whole_path, stream_path, body = ASKED[dialect]
    whole, stream = answers(place)
    streams = way != "whole"
    body = {**body, **more} | ({"stream": True} if streams and dialect != "gemini" else {})
    path = stream_path if streams else whole_path
    request = ClientRequest("POST", path, {}, json.dumps(body).encode())
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    upstream = exchange.upstream_request()
    assert isinstance(upstream, UpstreamRequest)
    assert json.loads(upstream.body)["model_options"] == {"top_logprobs": 2}
    if way == "streamed":
        pieces = [piece for byte in stream for piece in exchange.feed(bytes([byte]))]
        assert exchange.report.error is None
        return b"".join(pieces)
    return exchange.answer(200, {}, json.dumps(whole).encode()).body


def found(dialect: str, told: bytes) -> list[tuple[str, float, list[str]]]:
    """Each place: its token, how likely it was, and its alternatives."""
    places: list[tuple[str, float, list[str]]] = []
    for one in events(told):
        if dialect == "gemini":
            likely = one["candidates"][0].get("logprobsResult", {})
            chosen, tops = (likely.get(f"{kind}Candidates", ()) for kind in ("chosen", "top"))
            for token, top in zip(chosen, tops, strict=True):
                others = [other["token"] for other in top["candidates"]]
                places.append((token["token"], token["logProbability"], others))
            continue
        if dialect == "completions":
            places += _columns(one, len(places))
            continue
        for token in _openai(one):
            assert token["bytes"] == [*token["token"].encode()]
            others = [other["token"] for other in token["top_logprobs"]]
            places.append((token["token"], token["logprob"], others))
    return places


def _columns(one: dict[str, Any], known: int) -> list[tuple[str, float, list[str]]]:
    told = one["choices"][0]["logprobs"]
    if told is None:
        return []
    begins = [0, len("При")][known : known + len(told["tokens"])]
    assert told["text_offset"] == begins
    columns = zip(told["tokens"], told["token_logprobs"], told["top_logprobs"], strict=True)
    return [(token, logprob, [*top]) for token, logprob, top in columns]


def _openai(one: dict[str, Any]) -> list[Any]:
    if one.get("object") in ("chat.completion", "chat.completion.chunk"):
        return [
            t
            for choice in one["choices"]
            for t in (choice.get("logprobs") or {}).get("content", ())
        ]
    response = one.get("response", one)
    if response.get("status") != "completed" or "output" not in response:
        return []
    return response["output"][0]["content"][0]["logprobs"]


def events(told: bytes) -> list[Any]:
    if told.startswith(b"{"):
        return [json.loads(told)]
    lines = [line.removeprefix(b"data: ") for line in told.splitlines() if line.startswith(b"data")]
    return [json.loads(line) for line in lines if line != b"[DONE]"]


@pytest.mark.parametrize("place", ["part", "message", "answer"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", ASKED)
def test_they_come_in_the_dialects_form(dialect: str, way: str, place: str) -> None:
    told = told_by(dialect, way, place)
    assert found(dialect, told) == TOLD


@pytest.mark.parametrize("way", WAYS[1:])
def test_a_responses_deltas_have_them_too(way: str) -> None:
    told = events(told_by("responses", way, "part"))
    deltas = [one for one in told if one["type"] == "response.output_text.delta"]
    assert "".join(one["delta"] for one in deltas) == "Привет 👋"
    tokens = [token["token"] for one in deltas for token in one["logprobs"]]
    assert tokens == ["При", "вет 👋"]
    (done,) = [one for one in told if one["type"] == "response.output_text.done"]
    assert [token["token"] for token in done["logprobs"]] == tokens


def test_without_alternatives_the_chosen_token_is_told_alone() -> None:
    request = ClientRequest(
        "POST", "/v1/chat/completions", {}, json.dumps(CHAT | {"top_logprobs": 0}).encode()
    )
    exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
    exchange.upstream_request()
    told = exchange.answer(200, {}, json.dumps(answers("part")[0]).encode()).body
    assert [(token, top) for token, _, top in found("openai", told)] == [
        ("При", []),
        ("вет 👋", []),
    ]


def test_who_has_not_asked_is_not_told() -> None:
    request = ClientRequest(
        "POST", "/v1/chat/completions", {}, json.dumps(CHAT | {"logprobs": False}).encode()
    )
    exchange = Exchange(request, Policy(api="v2"), request_id="ab" * 16, now=1)
    exchange.upstream_request()
    told = exchange.answer(200, {}, json.dumps(answers("part")[0]).encode()).body
    assert json.loads(told)["choices"][0]["logprobs"] is None
