"""Gemini's API as plain HTTP: where the key stands, the stream as one array, errors, paths."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from google import genai
from google.genai import types
from tests.support.agent_task import chats
from tests.support.google_types import strict_answer, strict_array, strict_error, strict_events
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread

KEY = "key-of-anna"
HELLO = {"contents": [{"parts": [{"text": "Привет"}]}]}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("guarded")
    with EmulatorThread(state_dir=folder / "emulator") as emulator:
        environment = {"GIGAGATE_CLIENT_KEYS": f"anna:{KEY}"}
        with Proxy(emulator, folder, environment=environment) as proxy:
            yield proxy


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Proxy]:
    """In front of a GigaChat that thinks for longer than a client would be left without a sign."""
    config = EmulatorConfig(concurrency=0, first_token_delay=2, chunk_delay=0.6, chunk_chars=20)
    with EmulatorThread(config, state_dir=tmp_path / "emulator") as emulator:
        emulator.script.add(*["Думал долго, сказал коротко"] * 3)
        with Proxy(emulator, tmp_path, settings={"keep_alive_seconds": 0.2}) as proxy:
            yield proxy


def asked(
    proxy: Proxy, path: str = "models/gemini-pro:generateContent", **headers: str
) -> requests.Response:
    url = f"{proxy.url}/v1beta/{path}"
    return requests.post(url, json=HELLO, headers=headers, timeout=30)


def test_a_key_is_taken_from_wherever_googles_clients_put_it(guarded: Proxy) -> None:
    assert asked(guarded, **{"x-goog-api-key": KEY}).status_code == 200
    assert asked(guarded, Authorization=f"Bearer {KEY}").status_code == 200
    assert asked(guarded, f"models/gemini-pro:generateContent?key={KEY}").status_code == 200
    listed = requests.get(f"{guarded.url}/v1/models?key={KEY}", timeout=30)
    assert listed.json()["models"]
    assert KEY not in guarded.output()


@pytest.mark.parametrize(
    ("query", "headers"),
    [("", {}), ("?key=wrong", {}), ("", {"x-goog-api-key": "wrong"})],
)
def test_a_wrong_key_is_refused_in_googles_form(
    guarded: Proxy, query: str, headers: dict[str, str]
) -> None:
    refused = asked(guarded, f"models/gemini-pro:generateContent{query}", **headers)
    error = strict_error(refused.json())
    assert (refused.status_code, error["code"], error["status"]) == (401, 401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("query", "media_type", "read"),
    [("", "application/json", strict_array), ("?alt=sse", "text/event-stream", strict_events)],
)
def test_both_forms_of_a_stream(
    proxy: Proxy, emulator: Emulator, query: str, media_type: str, read: Any
) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add("Жил-был король 👑")
    streamed = asked(proxy, f"models/gemini-pro:streamGenerateContent{query}")
    assert streamed.headers["content-type"] == media_type
    pieces = read(streamed.content)
    texts = [one["candidates"][0]["content"]["parts"][0]["text"] for one in pieces]
    assert len(texts) > 10
    assert "".join(texts) == "Жил-был король 👑"


@pytest.mark.parametrize(("query", "read"), [("", strict_array), ("?alt=sse", strict_events)])
def test_a_stream_that_breaks_off_ends_in_an_error(
    proxy: Proxy, emulator: Emulator, query: str, read: Any
) -> None:
    emulator.switch(chunk_chars=1)
    emulator.script.add("Жил-был король")
    emulator.faults.add(path="/chat/completions", close="clean", after_events=4)
    streamed = asked(proxy, f"models/gemini-pro:streamGenerateContent{query}")
    *said, last = read(streamed.content)
    assert said
    assert "broke off" in last["error"]["message"]


def test_signs_of_life_are_blank_lines_and_harm_no_reader(slow: Proxy) -> None:
    for query, read in (("", strict_array), ("?alt=sse", strict_events)):
        streamed = asked(slow, f"models/gemini-pro:streamGenerateContent{query}").content
        assert streamed.startswith(b"\n")
        assert len(read(streamed)) > 1
    options = types.HttpOptions(base_url=slow.url, timeout=30_000)
    with genai.Client(api_key="any", http_options=options) as client:
        pieces = client.models.generate_content_stream(model="gemini-pro", contents="Привет")
        assert "".join(piece.text or "" for piece in pieces) == "Думал долго, сказал коротко"


@pytest.mark.parametrize("prefix", ["v1beta", "v1", "v1/v1beta", "v1beta/v1beta", "v1alpha"])
def test_paths_that_people_type(proxy: Proxy, emulator: Emulator, prefix: str) -> None:
    url = f"{proxy.url}/{prefix}/models/GigaChat-2-Pro:generateContent"
    assert strict_answer(requests.post(url, json=HELLO, timeout=30).content)
    assert chats(emulator)[0].json["model"] == "GigaChat-2-Pro"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "models/gemini-pro:batchGenerateContent", "NOT_FOUND"),
        ("POST", "cachedContents", "NOT_FOUND"),
        ("POST", "interactions", "NOT_FOUND"),
        ("GET", "models/gemini-pro:generateContent", "UNIMPLEMENTED"),
    ],
)
def test_what_is_not_there_is_said_in_googles_form(
    proxy: Proxy, method: str, path: str, status: str
) -> None:
    answer = requests.request(method, f"{proxy.url}/v1beta/{path}", json={}, timeout=30)
    assert strict_error(answer.json())["status"] == status


def test_a_page_is_read_by_gigachat_or_refused(proxy: Proxy, emulator: Emulator) -> None:
    """Refused, Gemini CLI fetches it itself."""
    body = HELLO | {"tools": [{"urlContext": {}}]}
    url = f"{proxy.url}/v1beta/models/gemini-pro:generateContent"
    emulator.script.add({"text": "Там написано «да»", "tools": ["url_content_extraction"]})
    (candidate,) = requests.post(url, json=body, timeout=30).json()["candidates"]
    assert candidate["content"]["parts"] == [{"text": "Там написано «да»"}]
    (chat,) = chats(emulator)
    assert chat.json["tools"] == [{"url_content_extraction": {}}]
    emulator.switch(v2_tools="none")
    for _ in range(2):
        answer = requests.post(url, json=body, timeout=30)
        assert strict_error(answer.json())["status"] == "INVALID_ARGUMENT"
    assert [chat.status for chat in chats(emulator)] == [200, 422]


def test_tokens_are_counted_of_a_whole_request_too(proxy: Proxy) -> None:
    url = f"{proxy.url}/v1beta/models/gemini-pro:countTokens"
    few = requests.post(url, json=HELLO, timeout=30).json()
    longer = HELLO | {"systemInstruction": {"parts": [{"text": "Ты помощник " * 20}]}}
    many = requests.post(url, json={"generateContentRequest": longer}, timeout=30).json()
    assert 0 < few["totalTokens"] < many["totalTokens"]
    assert json.dumps(few) == json.dumps({"totalTokens": few["totalTokens"]})


def test_one_text_is_embedded(proxy: Proxy) -> None:
    url = f"{proxy.url}/v1beta/models/gemini-embedding-001:embedContent"
    body = {"content": {"parts": [{"text": "раз"}]}, "taskType": "RETRIEVAL_QUERY"}
    assert requests.post(url, json=body, timeout=30).json()["embedding"]["values"]
    answer = requests.post(url, json={"content": {"parts": []}}, timeout=30)
    assert strict_error(answer.json())["message"].startswith("content is empty")
