"""GigaChat v2's recorded answers through every dialect: whole, streamed by single bytes, and whole
where a stream was wanted; what people are shown of them has all the words."""

import json
from typing import Any

import pytest
from tests.support import gigachat_v2_wire as wire

from gigagate import routes
from gigagate.core.http import UpstreamRequest
from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

QUESTION = "Найди молоко"
FUNCTION = {"name": "getWeather", "description": "d"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
CHAT = {
    "model": "gigachat",
    "messages": [{"role": "user", "content": QUESTION}],
    "tools": [
        {"type": "web_search"},
        {"type": "function", "function": {**FUNCTION, "parameters": SCHEMA}},
    ],
}
RESPONSE = {
    "model": "gigachat",
    "input": QUESTION,
    "tools": [{"type": "web_search"}, {"type": "function", **FUNCTION, "parameters": SCHEMA}],
}
MESSAGE = {
    "model": "claude-opus-5-5",
    "max_tokens": 100,
    "messages": CHAT["messages"],
    "tools": [
        {"type": "web_search_20250305", "name": "web_search"},
        {**FUNCTION, "input_schema": SCHEMA},
    ],
}
CONTENT = {
    "contents": [{"role": "user", "parts": [{"text": QUESTION}]}],
    "tools": [{"googleSearch": {}}, {"functionDeclarations": [{**FUNCTION, "parameters": SCHEMA}]}],
}
GEMINI = "/v1beta/models/gemini-3-pro"
ANTHROPIC = {"anthropic-version": "2023-06-01"}
ASKED: dict[str, tuple[str, str, Any, dict[str, str]]] = {
    "openai": ("/v1/chat/completions", "/v1/chat/completions", CHAT, {}),
    "responses": ("/v1/responses", "/v1/responses", RESPONSE, {}),
    "anthropic": ("/v1/messages", "/v1/messages", MESSAGE, ANTHROPIC),
    "gemini": (f"{GEMINI}:generateContent", f"{GEMINI}:streamGenerateContent", CONTENT, {}),
}


class Asking:
    def __init__(self, dialect: str, *, stream: bool, **more: Any) -> None:
        whole, streamed, body, headers = ASKED[dialect]
        body = {**body, **more}
        path = streamed if stream else whole
        if stream and dialect == "gemini":
            path += "?alt=sse"
        elif stream:
            body = {**body, "stream": True}
        request = ClientRequest("POST", path, headers, json.dumps(body).encode())
        self.exchange = Exchange(request, Policy(), request_id="ab" * 16, now=1)
        upstream = self.exchange.upstream_request()
        assert isinstance(upstream, UpstreamRequest)
        assert upstream.path == "/v2/chat/completions"
        self.reader = routes.dialect_of(request.head).reader

    def whole(self, answer: Any) -> bytes:
        told = self.exchange.answer(200, {}, json.dumps(answer).encode())
        assert (told.status, self.exchange.crash) == (200, None)
        return told.body

    def streamed(self, content: bytes) -> bytes:
        out = [
            piece
            for at in range(len(content))
            for piece in self.exchange.feed(content[at : at + 1])
        ]
        assert self.exchange.ended
        assert (self.exchange.report.error, self.exchange.crash) == (None, None)
        return b"".join(out)


WAYS = ["whole", "streamed", "whole for a stream"]


def answer(dialect: str, way: str, whole: Any, stream: bytes) -> tuple[bytes, Any]:
    asking = Asking(dialect, stream=way != "whole")
    told = asking.streamed(stream) if way == "streamed" else asking.whole(whole)
    return told, asking.reader.answer(told)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", ASKED)
def test_a_search_is_told_with_its_sources_and_nothing_lost(dialect: str, way: str) -> None:
    told, read = answer(dialect, way, wire.SEARCH_WHOLE, wire.SEARCH)
    assert "".join(read.choice().text) == wire.PLAIN
    assert b"sources=[" not in told
    pages = {page["url"]: page["title"] for page in wire.SOURCES.values()}
    found = read.choice().sources
    assert found.items() <= pages.items()
    assert {wire.SOURCES[number]["url"] for number in ("1", "2")} <= found.keys()
    assert "Кошки".encode() in told


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", ASKED)
def test_a_call_of_a_function(dialect: str, way: str) -> None:
    told, read = answer(dialect, way, wire.FUNCTION_WHOLE, wire.FUNCTION)
    assert wire.CALL_ID.replace("-", "").encode() in told, "its id finds it again"
    ((name, arguments),) = read.choice().calls.values()
    assert (name, json.loads("".join(arguments))) == ("getWeather", {"city": "Пермь"})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", ASKED)
def test_several_calls_are_told_in_their_order(dialect: str, way: str) -> None:
    cities = ("Пермь", "Омск", "Тверь")
    calls = [wire.call("getWeather", {"city": city}, None) for city in cities]
    whole = wire.whole(wire.said(*calls), reason="function_call")
    told, read = answer(dialect, way, whole, wire.done(*calls, reason="function_call"))
    places = [told.find(city.encode()) for city in cities]
    assert -1 not in places and places == sorted(places)
    assert [name for name, _ in read.choice().calls.values()] == ["getWeather"] * 3


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", ASKED)
def test_plain_text(dialect: str, way: str) -> None:
    whole = wire.whole(wire.said({"text": "Привет 👋"}))
    _, read = answer(dialect, way, whole, wire.TEXT)
    assert "".join(read.choice().text) == "Привет 👋"


def said_by_user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "input_text", "text": text} for text in texts]}


@pytest.mark.parametrize(
    ("asked", "query"),
    [
        ([said_by_user("Раз"), said_by_user("<env>/work</env>"), said_by_user("Два")], "Два"),
        ([said_by_user("Два", "<env>/work</env>")], "Два"),
        ([said_by_user("<task>Три</task>")], "<task>Три</task>"),
        ("Четыре", "Четыре"),
    ],
)
def test_a_search_is_told_with_what_the_user_wrote_last(asked: Any, query: str) -> None:
    told = Asking("responses", stream=False, input=asked).whole(wire.SEARCH_WHOLE)
    assert json.loads(told)["output"][0]["action"]["query"] == query
