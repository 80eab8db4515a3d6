"""A client as plain as they come: one chat completion over HTTP, whole or streamed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any

KEY = "anything"
"""What the client gives as its API key; GigaGate does not pass it on."""


@dataclass(slots=True)
class Heard:
    status: int
    text: str = ""
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    model: str | None = None
    pieces: int = 0
    """Deltas with text in them."""
    complete: bool = False
    """A stream's `[DONE]` came, or the whole JSON."""
    error: str | None = None
    tool: str = ""
    """The called function's name."""
    arguments: str = ""
    """JSON."""


def chat(port: int, body: dict[str, Any], on_text: Callable[[str], None]) -> Heard:
    """Posts `body` and calls `on_text` with every piece of the answer as it comes."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "POST",
            "/v1/chat/completions",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"},
        )
        response = connection.getresponse()
        answer = Heard(response.status)
        if response.status != 200:
            answer.error = response.read().decode()
        elif body.get("stream"):
            for event in _events(response, answer):
                _take(event, "delta", answer, on_text)
        else:
            _take(json.load(response), "message", answer, on_text)
            answer.complete = True
        return answer
    finally:
        connection.close()


def _events(response: HTTPResponse, answer: Heard) -> Iterator[dict[str, Any]]:
    for line in response:
        data = line.strip().removeprefix(b"data: ")
        if data == b"[DONE]":
            answer.complete = True
        elif data:
            yield json.loads(data)


def _take(
    body: dict[str, Any], message: str, answer: Heard, on_text: Callable[[str], None]
) -> None:
    answer.model = body.get("model", answer.model)
    answer.usage = body.get("usage") or answer.usage
    if "error" in body:
        answer.error = json.dumps(body["error"], ensure_ascii=False)
    for choice in body.get("choices", []):
        answer.finish_reason = choice.get("finish_reason") or answer.finish_reason
        for call in choice[message].get("tool_calls") or []:
            answer.tool += call["function"].get("name") or ""
            answer.arguments += call["function"].get("arguments") or ""
        text = choice[message].get("content")
        if text:
            answer.text += text
            answer.pieces += 1
            on_text(text)
