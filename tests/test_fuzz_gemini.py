"""Requests of Gemini's and streams of GigaChat's made wrong at random: all end in a proper answer.

FUZZ_CASES=100000 FUZZ_SEED=7 make it a long run, or another one.
"""

import json
import random
from typing import Any

import pytest
from tests.e2e.test_fuzz_json import mutated as mutated_json
from tests.support.google_types import strict_array, strict_error, strict_events
from tests.test_fuzz_stream import CASES, SEED, mutated, pieces

from gigagate.core.policy import Policy
from gigagate.errors import ClientError
from gigagate.exchange import Answer, ClientRequest, Exchange

SCHEMA = {
    "type": "OBJECT",
    "properties": {"path": {"type": "STRING", "enum": ["a", "б"]}, "n": {"any_of": [{}]}},
    "required": ["path"],
}
DECLARED = {"name": "read_file", "description": "Reads a file", "parameters": SCHEMA}
ASKED: list[dict[str, Any]] = [
    {
        "systemInstruction": {"role": "user", "parts": [{"text": "Отвечай коротко."}]},
        "contents": [{"role": "user", "parts": [{"text": "Привет 👋"}]}],
        "generationConfig": {
            "temperature": 1,
            "topK": 64,
            "stopSequences": ["конец"],
            "thinkingConfig": {"includeThoughts": True, "thinking_budget": 8192},
        },
        "safetySettings": [],
    },
    {
        "contents": [
            {"parts": [{"text": "Прочитай"}, {"inline_data": {"mime_type": "", "data": "aQ"}}]},
            {"role": "model", "parts": [{"functionCall": {"name": "read_file", "args": {}}}]},
            {"role": "model", "parts": [{"text": "Хм", "thought": True}]},
            {"parts": [{"functionResponse": {"name": "read_file", "response": {"output": "x"}}}]},
        ],
        "tools": [{"functionDeclarations": [DECLARED]}, {"googleSearch": {}}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": []}},
    },
    {
        "contents": [{"parts": [{"text": "Столица?"}]}],
        "generation_config": {"responseMimeType": "application/json", "responseSchema": SCHEMA},
    },
]
METHODS = ("generateContent", "streamGenerateContent", "streamGenerateContent?alt=sse")
MORE = ("countTokens", "embedContent", "batchEmbedContents")


def exchange(body: bytes, method: str) -> Exchange:
    request = ClientRequest("POST", f"/v1beta/models/gemini-pro:{method}", {}, body)
    return Exchange(request, Policy(), request_id="ab" * 16, now=1)


def end_of(seed: str) -> str:
    """Of a request: "sent", "answered" or the error's status."""
    chance = random.Random(seed)
    asking = exchange(mutated_json(chance, ASKED), chance.choice((*METHODS, *MORE)))
    try:
        asked = asking.upstream_request()
    except ClientError as error:
        answer = asking.fail(error)
        status: str = strict_error(json.loads(answer.body))["status"]
        assert answer.status < 500, seed
        return status
    return "answered" if isinstance(asked, Answer) else "sent"


def stream_of(seed: str) -> str:
    """The end of a stream: a finishReason, or the status of an error."""
    chance = random.Random(seed)
    method = chance.choice(METHODS[1:])
    asking = exchange(json.dumps(ASKED[1]).encode(), method)
    asking.upstream_request()
    assert asking.begins_stream(200, "text/event-stream")
    out: list[bytes] = []
    for piece in pieces(mutated(chance), chance):
        out += asking.feed(piece)
        out.append(asking.sign_of_life())
        while asking.missing_pictures:
            asking.give_pictures(dict.fromkeys(asking.missing_pictures))
            out += asking.resume()
    assert asking.crash is None, seed
    assert asking.ended, seed
    read = strict_events if method.endswith("sse") else strict_array
    last = read(b"".join(out))[-1]
    found = last["error"]["status"] if "error" in last else last["candidates"][0]["finishReason"]
    assert isinstance(found, str)
    return found


@pytest.mark.timeout(60 + CASES // 50)
def test_wrong_requests_are_refused_in_googles_form_and_right_ones_sent() -> None:
    ends = {end_of(f"{SEED}:{number}") for number in range(CASES // 5)}
    assert {"sent", "INVALID_ARGUMENT"} <= ends


@pytest.mark.timeout(60 + CASES // 50)
def test_every_stream_ends_in_an_answer_or_in_an_error() -> None:
    ends = {stream_of(f"{SEED}:{number}") for number in range(CASES // 5)}
    assert {"STOP", "UNAVAILABLE"} <= ends
