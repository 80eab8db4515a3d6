"""Whose connection is cut when answers are left unread."""

from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.connection import Client
from mitmproxy.test import tflow

from gigagate.hooks.wire.unread import Unread
from gigagate.settings.schema import Limits

MB = 1_000_000


class Clients:
    """Unread answers, whose sizes are what a test says."""

    def __init__(self, bound: int = 10 * MB) -> None:
        limits = Limits(unread_bytes=bound)
        runtime: Any = SimpleNamespace(settings=SimpleNamespace(limits=limits))
        self.now = 0.0
        self.sizes: dict[str, int] = {}
        self.clients: dict[str, Client] = {}
        self.cut: list[str] = []
        self.unread = Unread(runtime, self.waiting, self.end, lambda: self.now)

    def waiting(self) -> list[tuple[Client, int]]:
        return [(self.client(name), size) for name, size in self.sizes.items() if size]

    def client(self, name: str) -> Client:
        if name not in self.clients:
            peer = ("127.0.0.1", 1)
            self.clients[name] = Client(peername=peer, sockname=peer, timestamp_start=1, id=name)
        return self.clients[name]

    def end(self, client: Client) -> None:
        self.cut.append(client.id)
        del self.sizes[client.id]

    def tick(self, **read: int) -> None:
        """A second later, each has read so many bytes."""
        self.now += 1
        for name, size in read.items():
            self.sizes[name] -= size
        self.unread.look()

    def send(self, name: str, size: int) -> None:
        flow = tflow.tflow(resp=True)
        assert flow.response is not None
        flow.response.content = bytes(size)
        self.unread.response(flow)
        self.sizes[name] = size


def test_what_fits_is_left_alone() -> None:
    clients = Clients()
    for name in "ab":
        clients.send(name, 5 * MB)
    assert clients.cut == []


def test_those_without_progress_are_cut_first() -> None:
    clients = Clients()
    clients.send("reads", 4 * MB)
    clients.send("sleeps", 2 * MB)
    clients.send("sleeps too", 3 * MB)
    clients.tick(reads=1)
    clients.tick(reads=1)
    clients.send("new", 5 * MB)
    assert clients.cut == ["sleeps", "sleeps too"]


def test_of_two_that_sleep_the_first_to_sleep_is_cut() -> None:
    clients = Clients()
    clients.send("first", MB)
    clients.send("second", 8 * MB)
    clients.tick(first=1, second=1)
    clients.tick(second=1)
    clients.send("new", 2 * MB)
    assert clients.cut == ["first"]


def test_when_all_read_some_are_cut_nevertheless() -> None:
    clients = Clients()
    clients.send("large", 6 * MB)
    clients.send("small", 4 * MB)
    clients.tick(large=1, small=1)
    clients.send("new", 2 * MB)
    assert clients.cut == ["large"]


def test_an_answer_larger_than_the_bound_is_sent() -> None:
    clients = Clients()
    clients.send("a", MB)
    clients.send("large", 20 * MB)
    assert clients.cut == ["a"]


def test_small_answers_and_streams_are_not_looked_at() -> None:
    clients = Clients(bound=1)
    clients.sizes["a"] = MB
    clients.send("small", 1000)
    flow = tflow.tflow(resp=True)
    assert flow.response is not None
    flow.response.content, flow.response.stream = bytes(MB), True
    clients.unread.response(flow)
    assert clients.cut == []


def test_who_has_read_all_is_forgotten() -> None:
    clients = Clients()
    clients.send("a", MB)
    clients.tick()
    clients.tick(a=MB)
    assert clients.unread.seen == {}


async def test_nobody_looks_while_nothing_is_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gigagate.hooks.wire.unread._TICK", 0)
    clients = Clients()
    clients.unread.running()
    clients.send("a", 1000)
    assert clients.unread.ticking is None
    clients.send("a", 5 * MB)
    ticking = clients.unread.ticking
    assert ticking is not None
    clients.unread.look()
    clients.sizes.clear()
    await ticking
    assert clients.unread.ticking is None
