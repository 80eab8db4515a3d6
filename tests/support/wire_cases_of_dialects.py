"""Cases of the other APIs and of GigaChat's second one, beside `wire_cases`."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.support import gigachat_v2_wire as v2
from tests.support.gigachat_wire import completion
from tests.support.wire_cases import (
    ANSWER,
    BROKEN_OFF,
    CALL,
    CALLING,
    DONE,
    EVENTS,
    LATER,
    REASONING,
    Case,
    chunked,
    post,
    said,
)

MODEL, HELLO = "gigachat", "Hello, как дела?"
WEATHER: dict[str, Any] = {"name": "weather", "description": "?"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
A_CALL = completion("", finish="function_call", function_call=CALL)


class Dialect(NamedTuple):
    path: str
    streaming_path: str
    body: dict[str, Any]
    tools: dict[str, Any]
    search: dict[str, Any]
    """What asks for a search of GigaChat's own."""
    stream: dict[str, Any]

    def asks(self, *parts: dict[str, Any], streamed: bool = False) -> bytes:
        body = dict(self.body)
        for part in (*parts, self.stream if streamed else {}):
            body |= part
        return post(body, self.streaming_path if streamed else self.path)


DIALECTS = {
    "Responses": Dialect(
        "/v1/responses",
        "/v1/responses",
        {"model": MODEL, "input": HELLO, "store": False},
        {"tools": [{"type": "function", **WEATHER, "parameters": SCHEMA}]},
        {"tools": [{"type": "web_search"}]},
        {"stream": True},
    ),
    "Messages": Dialect(
        "/v1/messages",
        "/v1/messages",
        {"model": MODEL, "max_tokens": 99, "messages": [{"role": "user", "content": HELLO}]},
        {"tools": [{**WEATHER, "input_schema": SCHEMA}]},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"stream": True},
    ),
    "Gemini": Dialect(
        f"/v1beta/models/{MODEL}:generateContent",
        f"/v1beta/models/{MODEL}:streamGenerateContent?alt=sse",
        {"contents": [{"role": "user", "parts": [{"text": HELLO}]}]},
        {"tools": [{"functionDeclarations": [{**WEATHER, "parameters": SCHEMA}]}]},
        {"tools": [{"googleSearch": {}}]},
        {},
    ),
    "chat": Dialect(
        "/v1/chat/completions",
        "/v1/chat/completions",
        {"model": MODEL, "messages": [{"role": "user", "content": HELLO}]},
        {"tools": [{"type": "function", "function": {**WEATHER, "parameters": SCHEMA}}]},
        {"web_search_options": {}},
        {"stream": True},
    ),
}


def _of_v1(name: str, dialect: Dialect) -> Iterator[tuple[str, Case]]:
    yield f"{name}", Case(dialect.asks(), (ANSWER,))
    yield f"{name}: a call", Case(dialect.asks(dialect.tools), (said(A_CALL),))
    yield f"{name}: a stream", Case(dialect.asks(streamed=True), (chunked(*EVENTS),))
    yield (
        f"{name}: a stream with a call",
        Case(dialect.asks(dialect.tools, streamed=True), (chunked(CALLING, DONE),)),
    )
    yield (
        f"{name}: a stream with reasoning",
        Case(dialect.asks(streamed=True), (chunked(REASONING),)),
    )
    yield f"{name}: a stream broken off", Case(dialect.asks(streamed=True), (BROKEN_OFF,))
    yield f"{name}: refused", Case(dialect.asks(), (said({"message": "no"}, 422, LATER),))
    yield f"{name}: no JSON", Case(post(b"{no", dialect.path))


def _of_v2(name: str, dialect: Dialect) -> Iterator[tuple[str, Case]]:
    streamed = dialect.asks(dialect.search, streamed=True)
    yield f"{name}, v2", Case(dialect.asks(dialect.search), (said(v2.SEARCH_WHOLE),))
    yield f"{name}, v2: a stream", Case(streamed, (chunked(v2.SEARCH),))
    yield (
        f"{name}, v2: a stream broken off",
        Case(streamed, (chunked(v2.SEARCH[:700], end=b"", closes=True),)),
    )


CASES = {
    **{
        name: case for one in DIALECTS for name, case in _of_v1(one, DIALECTS[one]) if one != "chat"
    },
    **{name: case for one in DIALECTS for name, case in _of_v2(one, DIALECTS[one])},
    # The last, for a 404 closes v2 for a while.
    "chat, v2: refused, then by v1": Case(
        DIALECTS["chat"].asks(DIALECTS["chat"].search), (said({"message": "no"}, 404), ANSWER)
    ),
}
