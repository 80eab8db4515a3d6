"""More clients than the proxy takes, and more than they read: the others are served meanwhile."""

import contextlib
import json
import resource
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests
from tests.support.gigachat_wire import completion
from tests.support.proxy import Proxy
from tests.support.raw_http import RawAnswer, read_answer
from tests.support.scripted_upstream import OAUTH, Said, ScriptedUpstream, whole
from tests.support.waiting import until

BODY = json.dumps({"model": "gigachat", "messages": [{"role": "user", "content": "Hi"}]}).encode()
CHAT = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s" % (
    len(BODY),
    BODY,
)
HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
FILE = b"GET /v1/files/f-1/content HTTP/1.1\r\nHost: localhost\r\n\r\n"
LARGE = 14_000_000
DEADLINE = 2.0
"""Seconds; whoever probes /health has one."""


class Answers(ScriptedUpstream):
    def answer_to(self, request: bytes, connection: socket.socket) -> Said:
        if request.startswith(OAUTH):
            return super().answer_to(request, connection)
        if b"/content " in request:
            return Said([whole(200, bytes(LARGE), b"Content-Type: application/octet-stream\r\n")])
        return Said([whole(200, json.dumps(completion("Hello")).encode())])


@pytest.fixture(scope="module")
def upstream() -> Iterator[Answers]:
    with Answers() as upstream:
        yield upstream


def connect(proxy: Proxy, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(
        ("127.0.0.1", proxy.port), timeout=20, source_address=(address, 0)
    )


def ask(client: socket.socket, request: bytes = CHAT) -> RawAnswer:
    client.sendall(request)
    return read_answer(client)


def check_health(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=DEADLINE) as client:
        client.settimeout(DEADLINE)
        assert ask(client, HEALTH).status == 200


def check_chat(proxy: Proxy) -> None:
    with connect(proxy) as client:
        assert ask(client).status == 200


def check_log(proxy: Proxy) -> None:
    output = proxy.output()
    assert "Traceback" not in output
    assert "crashed" not in output
    assert len(output) < 50_000


def test_those_who_only_sit_there_make_room(upstream: Answers, tmp_path: Path) -> None:
    settings = {"limits": {"connections": 20, "connections_per_client": 20}}
    with Proxy(upstream, tmp_path, settings=settings) as proxy, contextlib.ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(connect(proxy))
            check_health(proxy)
        until(
            lambda: requests.get(f"{proxy.base_url}/models/x", timeout=5).status_code != 503,
            seconds=20,
        )
        check_chat(proxy)
        check_log(proxy)


def test_those_who_are_being_served_keep_their_place(upstream: Answers, tmp_path: Path) -> None:
    """And the one too many is told."""
    settings = {"limits": {"connections": 6, "connections_per_client": 5}}
    half = CHAT[:-5]
    with Proxy(upstream, tmp_path, settings=settings) as proxy, contextlib.ExitStack() as stack:
        until(lambda: not _client_connections(proxy), seconds=20)
        busy = [stack.enter_context(connect(proxy)) for _ in range(5)]
        for client in busy:
            client.sendall(half)
        for _ in range(40):
            idle = stack.enter_context(connect(proxy))
            check_health(proxy)
        refused = ask(idle)
        assert refused.status == 503
        assert refused.error["code"] == "too_many_connections"
        assert refused.headers["connection"] == "close"
        assert int(refused.headers["retry-after"]) >= 1
        for client in busy:
            client.sendall(CHAT[-5:])
            assert read_answer(client).status == 200
        assert ask(busy[0], CHAT).status == 200
        check_log(proxy)


@pytest.mark.parametrize("plain", [False, True], ids=["fast", "plain"])
def test_unread_answers_hold_little_memory(upstream: Answers, tmp_path: Path, plain: bool) -> None:
    environment = {"GIGAGATE_PLAIN": "true"} if plain else {}
    settings = {"limits": {"slots": 10, "unread_bytes": 64_000_000}}
    with (
        Proxy(upstream, tmp_path, settings=settings, environment=environment) as proxy,
        contextlib.ExitStack() as stack,
    ):
        with connect(proxy) as client:  # the first of its kind loads modules
            assert len(ask(client, FILE).body) == LARGE
        process = psutil.Process(proxy.process.pid)
        before = process.memory_info().rss
        most = 0
        sleeping = []
        for _ in range(30):
            client = stack.enter_context(connect(proxy))
            client.sendall(FILE)
            client.recv(1, socket.MSG_PEEK)
            sleeping.append(client)
            check_health(proxy)
            most = max(most, process.memory_info().rss - before)
        assert most < 250_000_000
        check_chat(proxy)
        with connect(proxy) as client:
            assert len(ask(client, FILE).body) == LARGE
        last = read_answer(sleeping[-1])
        assert len(last.body) == LARGE
        check_log(proxy)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_few_descriptors_are_a_bound_on_connections(upstream: Answers, tmp_path: Path) -> None:
    command = ["sh", "-c", 'ulimit -n 160; exec "$@"', "sh", sys.executable, "-m", "gigagate"]
    with (
        Proxy(upstream, tmp_path, command=[*command, "serve"]) as proxy,
        contextlib.ExitStack() as stack,
    ):
        proxy.tells("ulimit -n")
        for _ in range(300):
            client = stack.enter_context(connect(proxy))
            client.sendall(CHAT[:-5])
        for _ in range(20):
            check_health(proxy)
        check_log(proxy)
        stack.close()
        until(lambda: _answers_chat(proxy), seconds=20)
        check_log(proxy)


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
def test_when_descriptors_are_used_up_health_is_served_and_the_rest_afterwards(
    upstream: Answers, tmp_path: Path
) -> None:
    with Proxy(upstream, tmp_path) as proxy, contextlib.ExitStack() as stack:
        check_chat(proxy)
        process = psutil.Process(proxy.process.pid)
        before = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        used = max(int(name.name) for name in Path(f"/proc/{process.pid}/fd").iterdir())
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (used + 3, before[1]))
        for _ in range(60):
            stack.enter_context(connect(proxy)).sendall(CHAT[:-5])
        until(lambda: "No connection can be accepted" in proxy.output(), seconds=20)
        for _ in range(5):
            _eventually_healthy(proxy)
        assert proxy.output().count("No connection can be accepted") == 1
        check_log(proxy)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, before)
        stack.close()
        until(lambda: _answers_chat(proxy), seconds=20)
        check_log(proxy)


def _eventually_healthy(proxy: Proxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        assert ask(client, HEALTH).status == 200


def _answers_chat(proxy: Proxy) -> bool:
    with contextlib.suppress(OSError), connect(proxy) as client:
        return ask(client).status == 200
    return False


def _client_connections(proxy: Proxy) -> int:
    """Of the fixture that waited for the proxy: how many it has not yet let go of itself."""
    connections = psutil.Process(proxy.process.pid).net_connections(kind="tcp")
    return sum(
        c.status in ("ESTABLISHED", "CLOSE_WAIT") and c.laddr.port == proxy.port
        for c in connections
    )
