"""What a request costs, counted and not timed, so that it cannot flake: calls and JSON passes.

A bound that fails says that every request has become dearer; raise it only for a reason.
"""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from h11 import Data
from h11._receivebuffer import ReceiveBuffer
from tests.bench import traffic
from tests.bench.dialects import DIALECTS
from tests.support.finished import finished
from tests.support.gigachat_wire import completion, delta
from tests.support.scripted_upstream import chunk

from gigagate.core import compact_json, strict_json
from gigagate.core.policy import Policy
from gigagate.exchange import ClientRequest, Exchange
from gigagate.hooks.panel.requests import LastRequests
from gigagate.hooks.wire.chunked_body import ChunkedAnswer
from gigagate.panel.history import History
from gigagate.panel.requests import Requests
from gigagate.panel.store import FILE, PanelStore

CHAT = "/v1/chat/completions"
SMALL = traffic.small()
HISTORY = traffic.cline(255_000, parts=True)
AGENT = traffic.cline(255_000, parts=True, tools=25)
LONG = traffic.conversation(1000, parts=True)


def exchange(body: bytes, path: str = CHAT) -> Exchange:
    request = ClientRequest("POST", path, {"content-type": "application/json"}, body)
    return Exchange(request, Policy(), request_id="ab" * 16, now=1)


def in_dialect(dialect: str, chat: bytes) -> Callable[[], Exchange]:
    """dialect: "" for chat's."""
    path, body = DIALECTS[dialect].request(chat) if dialect else (CHAT, chat)
    return lambda: exchange(body, path)


def python_calls(work: Callable[[], object]) -> int:
    """Calls of Python functions; the second run counts, for the first fills caches.  None of what
    is called because garbage of others is collected."""
    work()
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    gc.disable()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


@pytest.mark.parametrize(
    ("dialect", "chat", "most"),
    [
        ("", SMALL, 110),
        ("", HISTORY, 360),
        ("", AGENT, 360),
        ("", LONG, 4200),
        ("Responses", AGENT, 1060),
        ("Responses", LONG, 8700),
        ("Messages", AGENT, 780),
        ("Messages", LONG, 6700),
        ("Gemini", AGENT, 1570),
        ("Gemini", LONG, 12_200),
    ],
    ids=lambda given: f"{len(given)} bytes" if isinstance(given, bytes) else None,
)
def test_a_request_is_translated_in_few_calls(dialect: str, chat: bytes, most: int) -> None:
    asking = in_dialect(dialect, chat)
    calls = python_calls(lambda: asking().upstream_request())
    assert most / 4 < calls <= most


@pytest.mark.parametrize("dialect", ["", *DIALECTS])
@pytest.mark.parametrize(
    ("chat", "most"),
    [
        (HISTORY, ["read", "write"]),
        (AGENT, ["read", "write", "write"]),  # definitions are known again by their text
    ],
    ids=["no tools", "25 tools"],
)
def test_a_request_and_its_answer_are_read_and_written_once(
    dialect: str, chat: bytes, most: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[str] = []

    def counting(name: str, work: Callable[..., object]) -> Callable[..., object]:
        def counted(value: object, *more: object) -> object:
            passes.append(name)
            return work(value, *more)

        return counted

    monkeypatch.setattr(strict_json, "loads", counting("read", strict_json.loads))
    for name in ("dumps", "dumps_whole"):
        monkeypatch.setattr(compact_json, name, counting("write", getattr(compact_json, name)))
    answer = compact_json.dumps(completion("Привет"))
    asking = in_dialect(dialect, chat)
    asking().upstream_request()
    passes.clear()
    one = asking()
    one.upstream_request()
    assert passes == most
    passes.clear()
    assert one.answer(200, {}, answer).status == 200
    assert passes == ["read", "write"]


@pytest.mark.parametrize(
    ("dialect", "most"), [("", 8), ("Messages", 8), ("Responses", 9), ("Gemini", 11)]
)
def test_a_chunk_of_a_stream_is_translated_in_few_calls(dialect: str, most: int) -> None:
    chat = traffic.streamed(500)
    path, body = DIALECTS[dialect].request(chat) if dialect else (CHAT, chat)
    one = exchange(body, path)
    one.upstream_request()
    event = delta("some text")
    calls = python_calls(lambda: one.feed(event * 100)) / 100
    assert most / 2 < calls <= most
    assert python_calls(lambda: one.feed(event)) <= calls + 10


def test_a_chunk_of_a_stream_is_found_in_hardly_a_call() -> None:
    reader, event = ChunkedAnswer(), chunk(delta("some text"))

    def read() -> None:
        buffer = ReceiveBuffer()
        buffer += event * 100
        assert isinstance(reader(buffer), Data)

    assert 1 <= python_calls(read) <= 20


def test_the_panel_costs_nothing_when_nobody_looks(tmp_path: Path) -> None:
    """Two notes of each request; adding up, and writing, wait for a save."""
    store = PanelStore(tmp_path)
    history, last = History(store), LastRequests(Requests(store))
    one = finished()

    def noted() -> None:
        history.count(one)
        last.came(one)

    assert 1 < python_calls(noted) <= 4
    assert not (tmp_path / FILE).exists()
