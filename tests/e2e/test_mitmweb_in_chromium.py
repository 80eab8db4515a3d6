"""mitmweb in a real browser: every view is chosen or picked, and read as a person reads it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests
from tests.support.cline_chat import CLINE_CHAT
from tests.support.mitmweb import Web
from tests.support.mitmweb_in_chromium import mitmweb_in_chromium
from tests.support.mitmweb_page import Page
from tests.support.proxy import ROOT, Proxy
from tests.support.real_parts import require_real_part

from gigagate.emulator.server import Emulator

DEBUGGING = ROOT / "docs" / "debugging.md"
SAID = "Сколько будет два плюс два?"


class Setup(NamedTuple):
    emulator: Emulator
    proxy: Proxy
    web: Web
    page: Page


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    chromium = require_real_part("chromium")
    folder = tmp_path_factory.mktemp("chromium")
    with mitmweb_in_chromium(chromium, folder) as (emulator, proxy, browser, url):
        yield Setup(emulator, proxy, Web(url), Page(browser, url))


def post(setup: Setup, body: dict, **more: object) -> requests.Response:
    url = f"{setup.proxy.base_url}/chat/completions"
    return requests.post(url, json=body, timeout=20, **more)


def test_a_conversation_of_clines(setup: Setup) -> None:
    page = setup.page
    assert post(setup, CLINE_CHAT).status_code == 200
    assert "GigaChat-2-Max" in page.flow_list(" tok ")
    page.open_flow(" tok ")

    chat = page.request()
    assert "gigachat · temperature 0 · stream true" in chat
    assert "5 messages · 3 tools" in chat
    assert "write_to_file(path: string, content?: string)" in chat
    assert "Создай файл привет.txt и напиши в нём «Привет, мир!»\n</task>" in chat
    assert '→ write_to_file(path: "привет.txt", content: "Привет, мир!")' in chat
    assert "← write_to_file: The content was successfully saved" in chat

    changed = page.request("GigaChat: what changed")
    assert "things were changed on the way to GigaChat" in changed
    assert "• model 'gigachat' -> GigaChat-2-Max" in changed
    assert '+   "model": "GigaChat-2-Max"' in changed
    assert any(
        line.startswith("- ") and '"additionalProperties": false' in line
        for line in changed.splitlines()
    )

    assert '"tool_call_id"' in page.request("GigaChat: as the client sent it")
    wire = page.request("GigaChat: as GigaChat got it")
    assert "authorization: [hidden]" in wire.lower()
    assert '"functions": [\n    {\n      "name": "write_to_file"' in wire

    answer = page.response()
    assert answer.startswith("GigaChat-2-Max:")
    assert "first piece after" in answer
    assert "A stream of" in answer
    assert "data: [DONE]" in page.response("GigaChat: as GigaChat sent it")
    assert "chat.completion.chunk" in page.response("GigaChat: as the client got it")


def test_the_list_has_time_and_client_and_nothing_of_what_the_proxy_is_asked(
    setup: Setup,
) -> None:
    for path in ("/", "/health", "/metrics"):
        assert requests.get(setup.proxy.url + path, timeout=10).status_code == 200
    body = {"model": "gigachat", "messages": [{"role": "user", "content": SAID}]}
    assert post(setup, body, headers={"User-Agent": "Editor/7 (X11)"}).status_code == 200
    shown = setup.page.flow_list("Editor/7")
    assert re.search(r"\d\d:\d\d:\d\d GigaChat-2-Max \d+.*→\d+ tok .* stop · Editor/7", shown)
    assert {flow["request"]["path"] for flow in setup.web.flows()} == {"/v1/chat/completions"}


def test_a_stream_is_watched_while_it_runs(setup: Setup) -> None:
    page = setup.page
    known = page.number_of_flows()
    setup.emulator.faults.add(path="/chat/completions", hang=True, after_events=3)
    body = {"model": "gigachat-pro", "messages": [{"role": "user", "content": SAID}]}
    with post(setup, body | {"stream": True}, stream=True) as answer:
        pieces = answer.iter_content(1)
        next(pieces)
        page.open_next_flow(known)
        assert SAID in page.request()
        running = page.response()
        assert "not ended yet" in running
        assert "A stream of" in running
    assert "Client disconnected" in page.flow_list("👋")
    page.request()
    over = page.response()
    assert "cut short" in over
    assert "The connection ended early: Client disconnected" in over


def test_an_error_is_marked_and_can_be_filtered_for(setup: Setup) -> None:
    assert post(setup, {"model": "gigachat", "messages": []}).status_code == 400
    page = setup.page
    assert "🔴" in page.flow_list("invalid_request")
    page.open_flow("invalid_request")
    assert "Nothing was sent to GigaChat" in page.request("GigaChat: what changed")
    assert "Error: messages is empty" in page.response()


def test_the_search_field_takes_every_documented_filter(setup: Setup) -> None:
    rows = re.findall(r"^\| `([!~][^`]+)` \| (.+) \|", DEBUGGING.read_text(), re.MULTILINE)
    filters = [filter for filter, meaning in rows if "in the console only" not in meaning]
    assert len(filters) >= 5
    assert [filter for filter in filters if not setup.page.takes_filter(filter)] == []
    assert not setup.page.takes_filter("~meta x")
    assert setup.page.takes_filter("")
