"""Streams of GigaChat's made wrong at random: each ends, in an answer or in one error event.

FUZZ_CASES=100000 FUZZ_SEED=7 make it a long run, or another one.
"""

import json
import os
import random

import pytest
from tests.support.gigachat_wire import DONE, USAGE, data, delta, text_stream

from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange

CASES = int(os.environ.get("FUZZ_CASES", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))

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
CHAT = {
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


def end_of(seed: str) -> str:
    """DONE or an error's code; an AssertionError says what the client would stumble on."""
    chance = random.Random(seed)
    request = ClientRequest("POST", "/v1/chat/completions", {}, json.dumps(CHAT).encode())
    exchange = Exchange(request, Policy(), request_id="1f", now=1_700_000_000)
    exchange.upstream_request()
    assert exchange.begins_stream(200, "text/event-stream")
    out: list[bytes] = []
    for piece in pieces(mutated(chance), chance):
        out += exchange.feed(piece)
        while exchange.missing_pictures:
            exchange.give_pictures(dict.fromkeys(exchange.missing_pictures))
            out += exchange.resume()
    assert exchange.crash is None, seed
    assert exchange.ended, seed
    events = b"".join(out).decode().removesuffix("\n\n").split("\n\n")
    *chunks, last = [event.removeprefix("data: ") for event in events if event[0] != ":"]
    for chunk in chunks:
        assert json.loads(chunk)["object"] == "chat.completion.chunk", seed
    if last == "[DONE]":
        return "done"
    code: str = json.loads(last)["error"]["code"]
    return code


@pytest.mark.timeout(60 + CASES // 100)
def test_every_stream_ends_in_an_answer_or_in_an_error() -> None:
    ends = {end_of(f"{SEED}:{number}") for number in range(CASES)}
    assert {"done", "upstream_protocol_error"} <= ends
    assert "internal_error" not in ends
