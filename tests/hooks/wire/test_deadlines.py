"""Streams that are overdue are woken; a connection that is not made in time is given up."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.connection import Server
from mitmproxy.test import tflow
from tests.support.hooks import runtime

from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.wire import connections
from gigagate.hooks.wire.deadlines import DeadlineWatch
from gigagate.settings.schema import Deadlines


class Stream:
    def __init__(self, due: float) -> None:
        self.context = SimpleNamespace(client=tflow.tclient_conn())
        self.slept: list[float] = []
        self._due = due

    def overdue(self, now: float) -> bool:
        return now >= self._due

    def wakeup(self) -> str:
        return f"due at {self._due:g}"

    def client_sleeps(self, now: float) -> None:
        self.slept.append(now)


class Handler:
    """What carries a client's connection."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.transports: dict[Any, Any] = {}

    async def server_event(self, event: str) -> None:
        self.heard.append(event)


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Handler:
    found = Handler()
    monkeypatch.setattr(connections, "connection_handler", lambda client: found)
    monkeypatch.setattr(connections, "client_does_not_read", lambda client: False)
    return found


@pytest.fixture
def watch(tmp_path: Path, handler: Handler) -> DeadlineWatch:
    return DeadlineWatch(runtime(tmp_path, deadlines=Deadlines(connect=0)), Traffic())


async def test_only_what_is_overdue_is_woken(watch: DeadlineWatch, handler: Handler) -> None:
    watch._traffic.on_the_wire |= {Stream(5), Stream(20)}  # type: ignore[arg-type]
    await watch.look(10)
    assert handler.heard == ["due at 5"]


async def test_a_client_that_does_not_read_is_noticed(
    watch: DeadlineWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(20)
    watch._traffic.on_the_wire.add(stream)  # type: ignore[arg-type]
    monkeypatch.setattr(connections, "client_does_not_read", lambda client: True)
    await watch.look(10)
    assert stream.slept == [10]


async def test_a_stream_whose_connection_has_gone_is_forgotten(
    watch: DeadlineWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch._traffic.on_the_wire.add(Stream(5))  # type: ignore[arg-type]
    monkeypatch.setattr(connections, "connection_handler", lambda client: None)
    await watch.look(10)
    assert watch._traffic.on_the_wire == set()


async def test_one_that_cannot_be_woken_holds_no_other_up(
    watch: DeadlineWatch, handler: Handler, caplog: pytest.LogCaptureFixture
) -> None:
    watch._traffic.on_the_wire |= {Stream(5), Stream(6)}  # type: ignore[arg-type]

    async def fails(event: str) -> None:
        handler.heard.append(event)
        raise ValueError

    handler.server_event = fails  # type: ignore[method-assign]
    await watch.look(10)
    assert sorted(handler.heard) == ["due at 5", "due at 6"]
    assert caplog.text.count("A stream could not be woken") == 2


def connecting(watch: DeadlineWatch, handler: Handler) -> tuple[Any, list[str]]:
    """A connection that is being made, and why it was given up."""
    given_up: list[str] = []
    server = Server(address=("gigachat.test", 443), tls=True)
    handler.transports[server] = SimpleNamespace(handler=SimpleNamespace(cancel=given_up.append))
    watch.server_connect(SimpleNamespace(client=object(), server=server))  # type: ignore[arg-type]
    assert server in watch._traffic.connecting
    return server, given_up


async def test_a_connection_is_given_up_in_time(watch: DeadlineWatch, handler: Handler) -> None:
    _, given_up = connecting(watch, handler)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert given_up == ["no connection in time (deadlines.connect)"]
    assert watch._traffic.connecting == {}


async def test_a_connection_with_tls_is_left_alone(watch: DeadlineWatch, handler: Handler) -> None:
    server, _ = connecting(watch, handler)
    timer = watch.connecting[server]
    watch.server_connected(SimpleNamespace(server=server))  # type: ignore[arg-type]
    assert server in watch.connecting, "TLS is still to be spoken"
    watch.tls_established_server(SimpleNamespace(conn=server))  # type: ignore[arg-type]
    assert timer.cancelled()
    assert watch.connecting == watch._traffic.connecting == {}


async def test_it_looks_while_the_proxy_runs(
    watch: DeadlineWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gigagate.hooks.wire.deadlines.TICK", 0)
    looked = asyncio.Event()

    async def look(now: float) -> None:
        looked.set()

    monkeypatch.setattr(watch, "look", look)
    watch.running()
    await looked.wait()
    watch.done()
    assert watch.ticking is not None
    await asyncio.wait({watch.ticking})
    assert watch.ticking.cancelled()
