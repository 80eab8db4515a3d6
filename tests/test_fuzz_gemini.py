"""Requests of Gemini's made wrong at random: all end in a proper answer, or go out.

FUZZ_CASES=100000 FUZZ_SEED=7 make it a long run, or another one.
"""

import json
import random
from typing import Any

import pytest
from tests.e2e.test_fuzz_json import mutated as mutated_json
from tests.support.google_types import strict_error
from tests.test_fuzz_stream import CASES, SEED

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


@pytest.mark.timeout(60 + CASES // 50)
def test_wrong_requests_are_refused_in_googles_form_and_right_ones_sent() -> None:
    ends = {end_of(f"{SEED}:{number}") for number in range(CASES // 5)}
    assert {"sent", "INVALID_ARGUMENT"} <= ends
