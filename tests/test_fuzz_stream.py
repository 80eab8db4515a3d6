"""Streams of GigaChat's made wrong at random: each ends, in an answer or in one error event.

FUZZ_CASES=100000 FUZZ_SEED=7 make it a long run, or another one.
"""

import json
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from tests.support import open_responses
from tests.support.anthropic_types import strict_events
from tests.support.gigachat_wire import DONE, USAGE, data, delta, text_stream
from tests.support.google_types import strict_array
from tests.support.google_types import strict_events as strict_pieces

from gigagate.core import sse
from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange
from gigagate.gigachat.pictures import PictureWriter
from gigagate.gigachat.v1 import plain_event

CASES = int(os.environ.get("FUZZ_CASES", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))

STRICTLY = 5
"""Times as long as others takes an event that is checked by the types of an SDK."""

CALL = {"name": "read_file", "arguments": {"path": "a"}}
STREAMS = [
    text_stream("При", "вет", "! ", "👋"),
    delta("", role="assistant", function_call=CALL, functions_state_id="5")
    + delta("", finish="function_call", usage=USAGE)
    + DONE,
    delta("", reasoning_content="Думаю") + text_stream("<img src=", '"1"/> ', "кот"),
]
EVENTS = [
    *(data(value) for value in (None, 1, [], {}, {"choices": []}, {"choices": [{}]}, "x")),
    *(data({"choices": [{"delta": value}]}) for value in (None, 1, "x", [], {"content": 7})),
    *(data({"status": value, "message": "no"}) for value in (429, 500, "x", None, -1, 10**30)),
    *(delta(value) for value in ("x" * 5000, "\0", "\u2028", "👋", "<img src=")),
    *(delta("", function_call=value) for value in (None, 1, {}, {"name": 1}, {"arguments": "{"})),
    *(delta("", finish=value, usage=value) for value in ("stop", "", "error", 1, {})),
    *(DONE, b"data: [DONE]", b": x\n\n", b"event: error\ndata: {}\n\n", b"id: 1\nretry: x\n\n"),
]
PIECES = [
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"\xff", b"\xd0", b"\xef\xbb\xbf", b"data:", b"data"),
    *(
        b":",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b"\\ud800",
        b"null",
        b"1e999",
        b"NaN",
        b"[" * 3000,
    ),
]
CHAT: dict[str, Any] = {
    "model": "gigachat",
    "messages": [{"role": "user", "content": "hi"}],
    "stream": True,
    "stream_options": {"include_usage": True},
    "tools": [{"type": "function", "function": {"name": "read_file", "parameters": {}}}],
}


def mutated(chance: random.Random) -> bytes:
    content = bytearray(chance.choice(STREAMS))
    for _ in range(chance.randint(0, 4)):
        start = chance.randint(0, len(content))
        end = min(len(content), start + chance.choice((0, 1, 3, 40)))
        match chance.randint(0, 5):
            case 0:
                content[start:end] = chance.choice(PIECES)
            case 1:
                content[start:end] = chance.randbytes(chance.randint(0, 4))
            case 2:
                content[start:start] = content[start:end] * chance.randint(1, 3)
            case 3:
                del content[start:]
            case _:
                at = content.find(b"\n\n", start) + 2
                content[at:at] = chance.choice(EVENTS)
    return bytes(content)


def pieces(content: bytes, chance: random.Random) -> list[bytes]:
    """Cut as a network might; b"" is the end."""
    cut = []
    while content:
        size = chance.choice((1, 5, 50, 1000, 10_000))
        cut.append(content[:size])
        content = content[size:]
    return [*cut, b""]


def chunks_end(stream: bytes) -> str:
    events = stream.decode().removesuffix("\n\n").split("\n\n")
    *chunks, last = [event.removeprefix("data: ") for event in events if event[0] != ":"]
    for chunk in chunks:
        assert json.loads(chunk)["object"] == "chat.completion.chunk"
    if last == "[DONE]":
        return "done"
    code: str = json.loads(last)["error"]["code"]
    return code


def messages_end(stream: bytes) -> str:
    last = strict_events(stream)[-1]
    return last["error"]["type"] if last["type"] == "error" else "done"


def response_end(stream: bytes) -> str:
    events = list(open_responses.read(stream))
    open_responses.check_events(events)
    last = events[-1]
    return str(last["code"]) if last["type"] == "error" else "done"


def pieces_end(stream: bytes) -> str:
    return _end_of_piece(strict_pieces(stream)[-1])


def array_end(stream: bytes) -> str:
    return _end_of_piece(strict_array(stream)[-1])


def _end_of_piece(last: dict[str, Any]) -> str:
    return str(last["error"]["status"]) if "error" in last else "done"


CONTENTS: dict[str, Any] = {
    "contents": [{"parts": [{"text": "hi"}]}],
    "generationConfig": {"thinkingConfig": {"includeThoughts": True}},
    "tools": [{"functionDeclarations": [{"name": "read_file"}]}],
}
TOOL = CHAT["tools"][0]["function"]
APIS: dict[str, tuple[dict[str, Any], Callable[[bytes], str], str]] = {
    "/v1/chat/completions": (CHAT, chunks_end, "upstream_protocol_error"),
    "/v1/messages": (
        {
            "model": "claude",
            "max_tokens": 9,
            "messages": CHAT["messages"],
            "stream": True,
            "thinking": {"type": "enabled"},
            "tools": [{"name": "read_file", "input_schema": {}}],
        },
        messages_end,
        "api_error",
    ),
    "/v1/responses": (
        {"model": "x", "input": "hi", "stream": True, "tools": [{"type": "function", **TOOL}]},
        response_end,
        "upstream_protocol_error",
    ),
    "/v1beta/models/x:streamGenerateContent?alt=sse": (CONTENTS, pieces_end, "UNAVAILABLE"),
    "/v1beta/models/x:streamGenerateContent": (CONTENTS, array_end, "UNAVAILABLE"),
}
"""Path -> a request, how its stream ends, and the word for a stream that is GigaChat's fault."""


def told(seed: str, path: str) -> bytes:
    """What the client gets of a stream."""
    chance = random.Random(seed)
    asked = APIS[path][0]
    request = ClientRequest("POST", path, {}, json.dumps(asked).encode())
    exchange = Exchange(request, Policy(), request_id="1f" * 16, now=1_700_000_000)
    exchange.upstream_request()
    assert exchange.begins_stream(200, "text/event-stream")
    out: list[bytes] = []
    for piece in pieces(mutated(chance), chance):
        out += exchange.feed(piece)
        if chance.random() < 0.1:
            out.append(exchange.sign_of_life())
        while exchange.missing_pictures:
            exchange.give_pictures(dict.fromkeys(exchange.missing_pictures))
            out += exchange.resume()
    assert exchange.crash is None, seed
    assert exchange.ended, seed
    return b"".join(out)


def end_of(seed: str, path: str) -> str:
    """ "done" or an error's code; an AssertionError says what the client would stumble on."""
    stream = told(seed, path)
    try:
        return APIS[path][1](stream)
    except Exception as fault:
        raise AssertionError(f"seed {seed}: {fault}") from fault


@pytest.mark.timeout(120 + CASES // 50)
@pytest.mark.parametrize("path", APIS)
def test_every_stream_ends_in_an_answer_or_in_an_error(path: str) -> None:
    cases = CASES if path == "/v1/chat/completions" else CASES // STRICTLY
    ends = {end_of(f"{SEED}:{number}", path) for number in range(cases)}
    assert {"done", APIS[path][2]} <= ends
    assert "internal_error" not in ends


@pytest.mark.parametrize("path", APIS)
def test_what_is_quick_for_plain_events_changes_nothing(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = [f"{SEED}:{number}" for number in range(CASES // 5)]
    quick = [told(seed, path) for seed in seeds]
    monkeypatch.setattr(plain_event, "text_of", lambda data: "")
    monkeypatch.setattr(sse, "_plain_events", lambda chunk: [])
    monkeypatch.setattr(PictureWriter, "text", PictureWriter.text_with_tags)
    for seed, stream in zip(seeds, quick, strict=True):
        assert told(seed, path) == stream, seed
