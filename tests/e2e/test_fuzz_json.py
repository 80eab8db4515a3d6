"""Valid chats made wrong at random: never a 500, never a hang, never a crash.

FUZZ_CASES=100000 FUZZ_SEED=7 make it a long run, or another one.
"""

import copy
import http.client
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from tests.support import open_responses
from tests.support.anthropic_types import strict_error, strict_events, strict_message
from tests.support.proxy import Proxy
from tests.support.pulse import Pulse

from gigagate.emulator import EmulatorConfig, EmulatorThread

CASES = int(os.environ.get("FUZZ_CASES", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
CLIENTS = 8

FUNCTION = {
    "name": "read_file",
    "description": "Reads a file",
    "parameters": {
        "type": "object",
        "properties": {"path": {"type": "string", "enum": ["a", "б"]}, "n": {"type": "integer"}},
        "required": ["path"],
    },
}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "read_file", "arguments": '{"path":"a"}'},
}
CHATS: list[dict[str, Any]] = [
    {
        "model": "gigachat",
        "messages": [
            {"role": "system", "content": "Отвечай коротко."},
            {"role": "user", "content": [{"type": "text", "text": "Привет 👋"}]},
        ],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 100,
        "stop": ["конец"],
        "stream": True,
        "stream_options": {"include_usage": True},
        "user": "me",
        "metadata": {"a": "b"},
    },
    {
        "model": "GigaChat-2-Max",
        "messages": [
            {"role": "user", "content": "Прочитай a"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "call_1", "content": '{"text":"x"}'},
        ],
        "tools": [{"type": "function", "function": FUNCTION}],
        "tool_choice": "auto",
        "parallel_tool_calls": False,
    },
    {
        "model": "GigaChat-2",
        "messages": [{"role": "user", "content": "Столица?"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "city", "schema": FUNCTION["parameters"], "strict": True},
        },
        "tool_choice": {"type": "function", "function": {"name": "read_file"}},
        "functions": [FUNCTION],
        "function_call": {"name": "read_file"},
        "reasoning_effort": "low",
        "n": 1,
        "seed": 1,
    },
]
TOOL = {"name": "read_file", "description": "Reads", "input_schema": FUNCTION["parameters"]}
ITEMS = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Прочитай"}]},
    {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Хм"}]},
    {"type": "function_call", "call_id": "c1", "name": "read_file", "arguments": '{"path":"a"}'},
    {"type": "function_call_output", "call_id": "c1", "output": "x"},
]
APIS: dict[str, list[dict[str, Any]]] = {
    "/v1/chat/completions": CHATS,
    "/v1/messages": [
        {
            "model": "claude-haiku",
            "max_tokens": 100,
            "system": [{"type": "text", "text": "Отвечай", "cache_control": {"type": "ephemeral"}}],
            "messages": [{"role": "user", "content": [{"type": "text", "text": "Привет 👋"}]}],
            "stop_sequences": ["конец"],
            "thinking": {"type": "enabled", "budget_tokens": 2000},
            "metadata": {"user_id": "me"},
            "stream": True,
        },
        {
            "model": "GigaChat-2",
            "max_tokens": 9,
            "messages": [
                {"role": "user", "content": "Прочитай a"},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "Хм", "signature": "x"},
                        {
                            "type": "tool_use",
                            "id": "t1",
                            "name": "read_file",
                            "input": {"path": "a"},
                        },
                    ],
                },
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "x"}],
                },
            ],
            "tools": [TOOL, {"type": "bash_20250124", "name": "bash"}],
            "tool_choice": {"type": "auto"},
            "output_config": {"format": {"type": "json_schema", "schema": FUNCTION["parameters"]}},
        },
    ],
    "/v1/responses": [
        {
            "model": "gigachat",
            "instructions": "Отвечай",
            "input": "Привет 👋",
            "reasoning": {"effort": "low", "summary": "auto"},
            "text": {"format": {"type": "text"}},
            "store": False,
            "stream": True,
        },
        {
            "model": "GigaChat-2",
            "input": ITEMS,
            "tools": [
                {"type": "function", **FUNCTION},
                {"type": "custom", "name": "patch"},
                {"type": "namespace", "name": "s", "tools": [{"type": "function", **FUNCTION}]},
            ],
            "tool_choice": {"type": "function", "name": "read_file"},
            "max_output_tokens": 100,
        },
    ],
}
NESTED: Any = []
for depth in range(300):
    NESTED = [NESTED] if depth % 3 else {"a": NESTED}
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 10**30, -(10**400), 1e308, 1e-320, 0.1, 2**63, 2**31),
    *(
        "",
        " ",
        "\0",
        "\ud800",
        "\u202e",
        "e\u0301" * 50,
        "😀",
        "x" * 10_000,
        "null",
        "{",
        "\r\n\r\n",
    ),
    *([], {}, [[]], [None], {"": None}, {"type": "text"}, {"role": "user"}, ["a", 1], NESTED),
    *("system", "tool", "function", "image_url", "$ref", "#/$defs/A", "data:image/png;base64,AA"),
]
RAW = [
    b"NaN",
    b"Infinity",
    b"1e999",
    b'"\xff"',
    b"\xef\xbb\xbf",
    b"}",
    b"[",
    b",",
    b"",
    b"\0",
    b"tru",
]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each of its keys."""
    if isinstance(value, dict | list):
        for key in list(value if isinstance(value, dict) else range(len(value))):
            yield value, key
            yield from places(value[key])


def mutated(chance: random.Random, chats: Sequence[dict[str, Any]] = CHATS) -> bytes:
    """A chat with one to five things swapped, dropped, added or repeated; some torn as bytes."""
    chat = copy.deepcopy(chance.choice(chats))
    for _ in range(chance.randint(1, 5)):
        found = list(places(chat))
        if not found:
            break
        container, key = chance.choice(found)
        match chance.randint(0, 4):
            case 0 | 1:
                container[key] = copy.deepcopy(chance.choice(VALUES))
            case 2:
                del container[key]
            case 3:
                container[key] = copy.deepcopy(chance.choice(found)[0])
            case 4 if isinstance(container, list):
                container.insert(key, copy.deepcopy(chance.choice(VALUES)))
            case _:
                name = chance.choice(["name", "content", "role", "тип", "", "strict", "$ref"])
                if isinstance(container, dict):
                    container[name] = copy.deepcopy(chance.choice(VALUES))
    body = json.dumps(chat, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        at = chance.randint(0, len(body))
        body = body[:at] + chance.choice(RAW) + body[at + chance.choice((0, 1, 5)) :]
    return body


def body_of(seed: str, path: str) -> bytes:
    try:
        return mutated(random.Random(seed), APIS[path])
    except RecursionError:  # nested deeper than this test can write
        return b"[" * 20_000


def answered(port: int, path: str, seeds: list[str]) -> list[tuple[str, int, str]]:
    """Seed, status and what is wrong with the answer, of each case, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    found = []
    for seed in seeds:
        connection.request("POST", path, body_of(seed, path))
        answer = connection.getresponse()
        found.append((seed, answer.status, FAULTS[path](answer, answer.read())))
    connection.close()
    return found


def fault_of(answer: http.client.HTTPResponse, body: bytes) -> str:
    if (answer.headers["content-type"] or "").startswith("text/event-stream"):
        return "" if body.endswith(b"data: [DONE]\n\n") else body[-300:].decode()
    told = json.loads(body)
    if answer.status == 200:
        return "" if told["choices"] else "no choices"
    expected = {"message", "type", "param", "code"}
    return "" if set(told["error"]) == expected and answer.status < 500 else str(told)


def fault_of_message(answer: http.client.HTTPResponse, body: bytes) -> str:
    body = body.replace(b"\\ud800", b"?")  # the client's own, which pydantic does not read
    try:
        if (answer.headers["content-type"] or "").startswith("text/event-stream"):
            last = strict_events(body)[-1]
            return "" if last["type"] == "message_stop" else str(last)
        if answer.status == 200:
            strict_message(body)
        else:
            strict_error(body)
    except Exception as fault:
        return f"{fault}: {body[-300:]!r}"
    return "" if answer.status < 500 else body.decode()


def fault_of_response(answer: http.client.HTTPResponse, body: bytes) -> str:
    if (answer.headers["content-type"] or "").startswith("text/event-stream"):
        last = open_responses.read(body)[-1]["type"]
        return "" if last in ("response.completed", "response.incomplete") else last
    told = json.loads(body)
    if answer.status == 200:
        return "" if told["object"] == "response" and told["output"] else "no output"
    return fault_of(answer, body)


FAULTS = {
    "/v1/chat/completions": fault_of,
    "/v1/messages": fault_of_message,
    "/v1/responses": fault_of_response,
}


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    with EmulatorThread(EmulatorConfig(concurrency=0), state_dir=folder / "emulator") as emulator:
        limits = {"slots": CLIENTS, "body_bytes": 100_000}
        with Proxy(emulator, folder, settings={"limits": limits}) as proxy:
            yield proxy


@pytest.mark.timeout(240 + CASES // 50)
@pytest.mark.parametrize("path", APIS)
def test_wrong_chats_are_answered_and_harm_nobody(proxy: Proxy, path: str) -> None:
    cases = CASES if path == "/v1/chat/completions" else CASES // 4
    seeds = [f"{SEED}:{number}" for number in range(cases)]
    shares = [seeds[number::CLIENTS] for number in range(CLIENTS)]
    with Pulse(proxy), ThreadPoolExecutor(CLIENTS) as clients:
        results = [
            *chain.from_iterable(
                clients.map(lambda share: answered(proxy.port, path, share), shares)
            )
        ]
    assert [result for result in results if result[2]][:5] == []
    statuses = Counter(status for _, status, _ in results)
    assert statuses[200] > cases / 10, "the cases are not all wrong"
    assert statuses[400] > cases / 10, "nor all right"
    for word in ("Traceback", "crashed", "Addon error", "error of the proxy", "Translation failed"):
        assert word not in proxy.output()
