"""The requests of real clients, through the proxy to the strict emulator."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from tests.support.client_requests import REQUESTS
from tests.support.proxy import Proxy

from gigagate.emulator.config import EmulatorConfig
from gigagate.emulator.thread import EmulatorThread


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("clients")
    config = EmulatorConfig(concurrency=0)
    with EmulatorThread(state_dir=folder / "emulator", config=config) as emulator:
        with Proxy(emulator, folder) as proxy:
            yield f"{proxy.base_url}/chat/completions"


def ask(url: str, request: dict[str, Any], **fields: Any) -> requests.Response:
    answer = requests.post(url, json={"model": "gigachat"} | request | fields, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_whole_answer(url: str, request_: dict[str, Any]) -> None:
    answer = ask(url, request_)
    parsed = ChatCompletion.model_validate_json(answer.content, strict=True)
    message = parsed.choices[0].message
    assert message.content or message.tool_calls


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_a_well_formed_stream(url: str, request_: dict[str, Any]) -> None:
    answer = ask(url, request_, stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    *events, done, end = answer.content.decode().split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    chunks = [
        ChatCompletionChunk.model_validate(json.loads(event.removeprefix("data: ")))
        for event in events
        if not event.startswith(":")
    ]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len({(chunk.id, chunk.model, chunk.created) for chunk in chunks}) == 1
    reasons = [choice.finish_reason for chunk in chunks for choice in chunk.choices]
    last = max(i for i, reason in enumerate(reasons) if reason)
    assert [reason for reason in reasons if reason] == [reasons[last]]
    assert last == len(reasons) - 1
    calls = [call for c in chunks for choice in c.choices for call in choice.delta.tool_calls or ()]
    assert bool(calls) == (reasons[last] == "tool_calls")
    for call in calls:
        assert call.id and call.function and call.function.name
        assert isinstance(json.loads(call.function.arguments or ""), dict)
    usage = [chunk for chunk in chunks if not chunk.choices]
    assert len(usage) == (1 if request_.get("stream_options") else 0)
