"""How many connections clients may have, and who makes room."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.connection import Client
from mitmproxy.test import tflow

from gigagate.errors import TooManyConnections
from gigagate.hooks.door import connections
from gigagate.hooks.door.connections import RESERVE, Connections
from gigagate.hooks.process.descriptors import Descriptors
from gigagate.settings.schema import Limits

CHAT = "/v1/chat/completions"


class Door:
    """Connections, and clients whose idle seconds are what a test says."""

    def __init__(self, most: int = 4, per_client: int = 3) -> None:
        limits = Limits(connections=most, connections_per_client=per_client)
        runtime = SimpleNamespace(settings=SimpleNamespace(limits=limits))
        self.gateway: Any = SimpleNamespace(runtime=runtime, accounts={})
        self.idle: dict[str, float] = {}
        self.cut: list[str] = []
        self.now = 0.0
        self.descriptors = Descriptors()
        self.connections = Connections(
            self.gateway,
            self.descriptors,
            lambda client: self.idle.get(client.id, 0),
            lambda client: self.cut.append(client.id),
            lambda: self.now,
        )

    def come(self, name: str, address: str = "10.0.0.1", idle: float = 0) -> Client:
        client = Client(
            peername=(address, 1), sockname=("127.0.0.1", 4000), timestamp_start=1, id=name
        )
        self.idle[name] = idle
        self.connections.client_connected(client)
        return client

    def ask(self, client: Client, path: str = CHAT, key: str = "") -> int:
        """The status; 200 if nothing is refused."""
        flow = tflow.tflow()
        flow.client_conn = client
        flow.request.path = path
        flow.metadata["gigagate.client"] = key
        self.connections.requestheaders(flow)
        return flow.response.status_code if flow.response else 200


@pytest.fixture
def door() -> Iterator[Door]:
    yield Door()


def test_up_to_the_bound_all_are_served(door: Door) -> None:
    clients = [door.come(str(n), f"10.0.0.{n}") for n in range(4)]
    assert [door.ask(client) for client in clients] == [200] * 4
    assert door.cut == []


def test_one_more_gets_what_the_proxy_says_of_itself(door: Door) -> None:
    for n in range(4):
        door.come(str(n), f"10.0.0.{n}")
    last = door.come("last", "10.0.0.9")
    assert door.ask(last) == 503
    assert door.ask(last, "/health") == 200
    assert door.ask(last, "/?x=1") == 200


def test_an_answer_on_the_reserve_is_the_last_one(door: Door) -> None:
    first, *_ = [door.come(str(n), f"10.0.0.{n}") for n in range(4)]
    last = door.come("last", "10.0.0.9")
    for client, told in [(first, None), (last, "close")]:
        flow = tflow.tflow(resp=True)
        flow.client_conn = client
        door.connections.responseheaders(flow)
        assert flow.response is not None
        assert flow.response.headers.get("connection") == told


def test_the_longest_idle_makes_room(door: Door) -> None:
    for n, idle in enumerate([5, 50, 0, 0.5]):
        door.come(str(n), f"10.0.0.{n}", idle)
    assert door.ask(door.come("last", "10.0.0.9")) == 200
    assert door.cut == ["1"]


def test_one_that_has_just_come_is_not_idle_yet(door: Door) -> None:
    for n in range(4):
        door.come(str(n), f"10.0.0.{n}", connections.IDLE / 2)
    assert door.ask(door.come("last", "10.0.0.9")) == 503
    assert door.cut == []


def test_an_address_at_its_bound_takes_no_place_of_others(door: Door) -> None:
    door.come("other", "10.0.0.2", idle=100)
    for n in range(3):
        door.come(str(n))
    assert door.ask(door.come("last")) == 503
    assert door.cut == []
    door.idle["2"] = 3
    assert door.ask(door.come("after")) == 200
    assert door.cut == ["2"]


def test_addresses_of_one_machine_count_as_one(door: Door) -> None:
    for n in range(3):
        door.come(str(n), f"127.0.0.{n + 1}")
    assert door.ask(door.come("last", "127.9.9.9")) == 503
    for n in range(3):
        door.connections.client_disconnected(door.connections.places[str(n)].client)
    assert not door.connections.of_address


def test_in_the_reserve_the_newest_wins(door: Door) -> None:
    for n in range(4):
        door.come(str(n), f"10.0.0.{n}")
    for n in range(RESERVE + 2):
        door.come(f"r{n}", "10.0.0.9")
    assert door.cut == ["r0", "r1"]
    assert len(door.connections.reserve) == RESERVE


def test_a_key_has_a_bound_over_all_addresses() -> None:
    door = Door(most=10)
    clients = [door.come(str(n), f"10.0.0.{n}") for n in range(5)]
    assert [door.ask(client, key="anna") for client in clients] == [200, 200, 200, 503, 503]
    assert [door.ask(client, key="anna") for client in clients[:3]] == [200] * 3
    assert door.ask(clients[3], key="boris") == 200
    assert door.ask(clients[4], "/health", key="anna") == 200
    door.connections.client_disconnected(clients[0])
    assert door.ask(clients[4], key="anna") == 200


def test_a_key_that_changes_on_a_connection_is_counted_once() -> None:
    door = Door(most=10)
    client = door.come("one")
    for key in ["anna", "boris", "anna", ""]:
        assert door.ask(client, key=key) == 200
    assert not door.connections.of_key


def test_a_client_that_was_never_announced_is_served(door: Door) -> None:
    """A replayed conversation has one that never connected."""
    client = Client(peername=("10.0.0.1", 1), sockname=("127.0.0.1", 4000), timestamp_start=1)
    assert door.ask(client) == 200
    door.connections.client_disconnected(client)


def test_without_descriptors_all_that_come_are_in_the_reserve(door: Door) -> None:
    first = door.come("first", idle=0)
    door.come("idle", idle=10)
    door.descriptors.scarce = True
    door.descriptors.make_room()
    assert door.cut == ["idle"]
    assert door.ask(first) == 200
    last = door.come("last")
    assert door.ask(last) == 503
    assert door.ask(last, "/health") == 200
    door.now = 1
    door.descriptors.make_room()
    assert door.cut == ["idle", "last"]


def test_descriptors_bound_the_connections(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "most_connections", lambda: 1)
    door.come("first")
    assert door.ask(door.come("last", "10.0.0.9")) == 503


def test_the_error_says_what_to_do(door: Door) -> None:
    for n in range(4):
        door.come(str(n), f"10.0.0.{n}")
    flow = tflow.tflow()
    flow.client_conn = door.come("last", "10.0.0.9")
    with pytest.raises(TooManyConnections, match=r"limits\.connections.*try again"):
        door.connections.check(flow)
