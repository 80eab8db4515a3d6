"""With GIGAGATE_PLAIN=1 nobody can tell the difference: the client, GigaChat, a script, a dump.

Each case goes through two proxies at the same time, one quickened, one with mitmproxy as it comes.
`VARIES` is what differs in any two runs.
"""

import json
import re
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from mitmproxy import http
from mitmproxy.io import FlowReader
from tests.support import waiting, wire_cases, wire_cases_of_dialects
from tests.support.proxy import ROOT, Proxy
from tests.support.scripted_upstream import Said, ScriptedUpstream
from tests.support.watch_hooks import ACTIONS, HOOKS, UNTIL_THE_CLIENT_LEAVES
from tests.support.wire_cases import ANSWER, CHAT, EVENTS, STREAM, Case, chunked, post

PLAIN = "GIGAGATE_PLAIN"
CASES = wire_cases.CASES | wire_cases_of_dialects.CASES

SILENCE = 20
"""Seconds after which a client that gets nothing has been forgotten."""
WATCHING = str(ROOT / "tests" / "support" / "watch_hooks.py")


VARIES = [
    (re.compile(pattern), name)
    for pattern, name in (
        (rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", b"UUID"),
        (rb"[0-9a-f]{32}", b"ID"),
        (rb"call_[0-9a-f]+", b"call_ID"),
        (rb'"created": ?\d+', b'"created":NOW'),
        (rb"127\.0\.0\.1:\d+", b"ADDRESS"),
        (rb"\d+\.\d+ s", b"SECONDS"),
        (rb'"(seconds|waited|first_byte|total)": [\d.e-]+', b"SECONDS"),
    )
]


def nameless(data: bytes) -> bytes:
    """Without what differs from request to request and from process to process."""
    for pattern, name in VARIES:
        data = pattern.sub(name, data)
    return data


def answers(received: bytes) -> list[tuple[bytes, bytes]]:
    """Heads and bodies.

    Chunks are put together: where one ends and the next begins says nothing, and that there are
    fewer of them is what is quick.
    """
    found = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if re.search(rb"(?i)\r\ntransfer-encoding: chunked", head):
            body, received = unchunked(received)
        elif length or head.startswith(b"HTTP/1.1 100"):
            size = int(length[1]) if length else 0
            body, received = received[:size], received[size:]
        else:
            body, received = received, b""
        found.append((nameless(head), nameless(body)))
    return found


def unchunked(received: bytes) -> tuple[bytes, bytes]:
    """The body, and what comes after it."""
    body = b""
    while received:
        size, _, received = received.partition(b"\r\n")
        data, end = received[: int(size, 16)], received[int(size, 16) :][:2]
        assert end == b"\r\n"
        body, received = body + data, received[len(data) + 2 :]
        if not data:
            return body, received
    return body + b"<cut short>", b""


class Side(NamedTuple):
    """One of the two proxies."""

    upstream: ScriptedUpstream
    proxy: Proxy
    folder: Path

    def ask(self, case: Case) -> "Outcome":
        self.begin(case.answers)
        received = b""
        with self.connect() as client:
            client.sendall(case.asked)
            while data := client.recv(65536):
                received += data
        return Outcome(answers(received), self.heard(), len(self.upstream.answers))

    def begin(self, answers: Sequence[Said]) -> None:
        self.upstream.begin(answers)
        self.calls_file.write_bytes(b"")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.proxy.port), timeout=SILENCE)

    def heard(self) -> list[tuple[int, bytes]]:
        """What GigaChat got, and on which of its connections."""
        return [(one.connection, nameless(one.content)) for one in self.upstream.heard]

    @property
    def calls_file(self) -> Path:
        return self.folder / "calls"

    def calls(self) -> list[dict[str, Any]]:
        """Of hooks, in the case asked last, with what was to be seen of the flow."""
        lines = nameless(self.calls_file.read_bytes()).split(b"\n")
        return [json.loads(line) for line in lines[:-1]]

    def has_called(self, hook: str, by: str) -> bool:
        return any(call["hook"] == hook and call["by"] == by for call in self.calls())


class Outcome(NamedTuple):
    client: list[tuple[bytes, bytes]]
    gigachat: list[tuple[int, bytes]]
    unsaid: int


wait_until = partial(waiting.until, seconds=SILENCE)


class Pair(NamedTuple):
    fast: Side
    plain: Side

    def ask(self, case: Case) -> tuple[Outcome, Outcome]:
        with ThreadPoolExecutor(2) as both:
            fast, plain = both.map(lambda side: side.ask(case), self)
        return fast, plain


@contextmanager
def running(folder: Path, *arguments: str, **environment: str) -> Iterator[Side]:
    folder.mkdir()
    environment = {"WATCH_FILE": str(folder / "calls"), **environment}
    with ScriptedUpstream() as upstream:
        with Proxy(upstream, folder, *arguments, environment=environment) as proxy:
            yield Side(upstream, proxy, folder)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Nobody looks."""
    folder = tmp_path_factory.mktemp("pair")
    with running(folder / "fast") as fast, running(folder / "plain", **{PLAIN: "1"}) as plain:
        yield Pair(fast, plain)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """A script sees every hook, and flows are saved."""
    folder = tmp_path_factory.mktemp("watched")

    def arguments(name: str) -> list[str]:
        return ["-s", WATCHING, "-w", str(folder / name / "flows")]

    with running(folder / "fast", *arguments("fast")) as fast:
        with running(folder / "plain", *arguments("plain"), **{PLAIN: "1"}) as plain:
            yield Pair(fast, plain)


@pytest.mark.parametrize("name", CASES)
def test_the_client_and_gigachat_get_the_same(pair: Pair, name: str) -> None:
    fast, plain = pair.ask(CASES[name])
    assert fast == plain
    assert fast.client
    asked_v2 = any(content.startswith(b"POST /api/v2/chat") for _, content in fast.gigachat)
    assert asked_v2 == (", v2" in name)


def test_trailers_are_dropped(pair: Pair) -> None:
    with_trailers = Case(post(STREAM), (chunked(*EVENTS, end=b"0\r\nTrailer: y\r\n\r\n"),))
    fast, plain = pair.ask(with_trailers)
    without, _ = pair.ask(CASES["a stream"])
    assert fast == without == plain


def watched_as(name: str, asked: bytes, script: str = "") -> bytes:
    marks = f"\r\nX-Case: {name}\r\nX-Script: {script}\r\nHost:"
    return asked.replace(b"\r\nHost:", marks.encode())


@pytest.mark.parametrize("name", CASES)
def test_a_script_sees_the_same(watched: Pair, name: str) -> None:
    case = CASES[name]
    fast, plain = watched.ask(Case(watched_as(name, case.asked), case.answers))
    assert fast == plain
    assert watched.fast.calls() == watched.plain.calls()


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("hook", HOOKS[:4])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_script_does_the_same(watched: Pair, action: str, hook: str, streams: bool) -> None:
    asked, answer = (STREAM, chunked(*EVENTS)) if streams else (CHAT, ANSWER)
    name = f"{action} {hook} {streams}"
    case = Case(watched_as(name, post(asked), f"{action} {hook}"), (answer,))
    fast, plain = watched.ask(case)
    assert fast == plain
    calls = watched.fast.calls()
    assert calls
    assert calls == watched.plain.calls()


@pytest.mark.parametrize("hook", HOOKS[:4])
@pytest.mark.parametrize("action", UNTIL_THE_CLIENT_LEAVES)
def test_a_client_that_leaves_while_a_script_holds_its_flow(
    watched: Pair, action: str, hook: str
) -> None:
    asked = watched_as("left", post(STREAM), f"{action} {hook}")
    for side in watched:
        side.begin((chunked(*EVENTS),))
        with side.connect() as client:
            client.sendall(asked)
            wait_until(lambda side=side: side.has_called(hook, "first"))
        if hook != "response":  # which is followed by no other
            wait_until(lambda side=side: side.has_called("error", "last"))
    fast, plain = watched
    wait_until(lambda: fast.calls() == plain.calls())
    assert fast.heard() == plain.heard()
    fast_next, plain_next = watched.ask(CASES["chat"])
    assert fast_next == plain_next, "both go on"


def test_nothing_of_this_was_a_crash(watched: Pair) -> None:
    for side in watched:
        for word in ("crashed", "error of the proxy", "Translation failed", "never retrieved"):
            assert word not in side.proxy.output()


def saved(side: Side) -> list[bytes]:
    """The flows of a dump, each as text without ids, times and addresses."""
    with (side.folder / "flows").open("rb") as file:
        flows = [flow for flow in FlowReader(file).stream() if isinstance(flow, http.HTTPFlow)]
    return [
        nameless(repr(kept(flow.get_state())).encode())
        for flow in flows
        if flow.request.path != "/health"  # asked until the proxy is ready
    ]


def kept(state: object) -> object:
    if isinstance(state, dict):
        return {name: kept(value) for name, value in state.items() if not DROPPED.search(name)}
    return state


DROPPED = re.compile("^(id|timestamp.*|state|peername|sockname|address|port)$")


def test_a_dump_holds_the_same(watched: Pair) -> None:
    """Last: the proxies end, and what the tests above have left behind is compared too."""
    for name in ("chat", "a stream", "503, then answered", "no messages"):
        watched.ask(CASES[name])
    for side in watched:
        side.proxy.stop()
    fast, plain = map(saved, watched)
    assert len(fast) >= 4
    for one, other in zip(fast, plain, strict=True):
        assert one == other
