"""How many connections clients may have, and who makes room."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.connection import Client
from mitmproxy.test import tflow

from gigagate.errors import TooManyConnections
from gigagate.hooks.wire import connection_limit
from gigagate.hooks.wire.connection_limit import RESERVE, ConnectionLimit
from gigagate.hooks.wire.descriptors import Descriptors
from gigagate.settings.schema import Limits

CHAT = "/v1/chat/completions"


class Crowd:
    """Connections, and clients whose idle seconds are what a test says."""

    def __init__(self, most: int = 4, per_client: int = 3) -> None:
        limits = Limits(connections=most, connections_per_client=per_client)
        runtime: Any = SimpleNamespace(settings=SimpleNamespace(limits=limits))
        self.key = ""
        door: Any = SimpleNamespace(key_of=lambda flow: self.key)
        self.idle: dict[str, float] = {}
        self.cut: list[str] = []
        self.now = 0.0
        self.descriptors = Descriptors()
        self.connections = ConnectionLimit(
            runtime,
            door,
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
        self.key = key
        self.connections.requestheaders(flow)
        return flow.response.status_code if flow.response else 200


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    yield Crowd()


def test_up_to_the_bound_all_are_served(crowd: Crowd) -> None:
    clients = [crowd.come(str(n), f"10.0.0.{n}") for n in range(4)]
    assert [crowd.ask(client) for client in clients] == [200] * 4
    assert crowd.cut == []


def test_one_more_gets_what_the_proxy_says_of_itself(crowd: Crowd) -> None:
    for n in range(4):
        crowd.come(str(n), f"10.0.0.{n}")
    last = crowd.come("last", "10.0.0.9")
    assert crowd.ask(last) == 503
    assert crowd.ask(last, "/health") == 200
    assert crowd.ask(last, "/?x=1") == 200


def test_an_answer_on_the_reserve_is_the_last_one(crowd: Crowd) -> None:
    first, *_ = [crowd.come(str(n), f"10.0.0.{n}") for n in range(4)]
    last = crowd.come("last", "10.0.0.9")
    for client, told in [(first, None), (last, "close")]:
        flow = tflow.tflow(resp=True)
        flow.client_conn = client
        crowd.connections.responseheaders(flow)
        assert flow.response is not None
        assert flow.response.headers.get("connection") == told


def test_the_longest_idle_makes_room(crowd: Crowd) -> None:
    for n, idle in enumerate([5, 50, 0, 0.5]):
        crowd.come(str(n), f"10.0.0.{n}", idle)
    assert crowd.ask(crowd.come("last", "10.0.0.9")) == 200
    assert crowd.cut == ["1"]


def test_one_that_has_just_come_is_not_idle_yet(crowd: Crowd) -> None:
    for n in range(4):
        crowd.come(str(n), f"10.0.0.{n}", connection_limit.IDLE / 2)
    assert crowd.ask(crowd.come("last", "10.0.0.9")) == 503
    assert crowd.cut == []


def test_an_address_at_its_bound_takes_no_place_of_others(crowd: Crowd) -> None:
    crowd.come("other", "10.0.0.2", idle=100)
    for n in range(3):
        crowd.come(str(n))
    assert crowd.ask(crowd.come("last")) == 503
    assert crowd.cut == []
    crowd.idle["2"] = 3
    assert crowd.ask(crowd.come("after")) == 200
    assert crowd.cut == ["2"]


def test_addresses_of_one_machine_count_as_one(crowd: Crowd) -> None:
    for n in range(3):
        crowd.come(str(n), f"127.0.0.{n + 1}")
    assert crowd.ask(crowd.come("last", "127.9.9.9")) == 503
    for n in range(3):
        crowd.connections.client_disconnected(crowd.connections.places[str(n)].client)
    assert not crowd.connections.of_address


def test_in_the_reserve_the_newest_wins(crowd: Crowd) -> None:
    for n in range(4):
        crowd.come(str(n), f"10.0.0.{n}")
    for n in range(RESERVE + 2):
        crowd.come(f"r{n}", "10.0.0.9")
    assert crowd.cut == ["r0", "r1"]
    assert len(crowd.connections.reserve) == RESERVE


def test_a_key_has_a_bound_over_all_addresses() -> None:
    crowd = Crowd(most=10)
    clients = [crowd.come(str(n), f"10.0.0.{n}") for n in range(5)]
    assert [crowd.ask(client, key="anna") for client in clients] == [200, 200, 200, 503, 503]
    assert [crowd.ask(client, key="anna") for client in clients[:3]] == [200] * 3
    assert crowd.ask(clients[3], key="boris") == 200
    assert crowd.ask(clients[4], "/health", key="anna") == 200
    crowd.connections.client_disconnected(clients[0])
    assert crowd.ask(clients[4], key="anna") == 200


def test_a_key_that_changes_on_a_connection_is_counted_once() -> None:
    crowd = Crowd(most=10)
    client = crowd.come("one")
    for key in ["anna", "boris", "anna", ""]:
        assert crowd.ask(client, key=key) == 200
    assert not crowd.connections.of_key


def test_a_client_that_was_never_announced_is_served(crowd: Crowd) -> None:
    """A replayed conversation has one that never connected."""
    client = Client(peername=("10.0.0.1", 1), sockname=("127.0.0.1", 4000), timestamp_start=1)
    assert crowd.ask(client) == 200
    crowd.connections.client_disconnected(client)


def test_without_descriptors_all_that_come_are_in_the_reserve(crowd: Crowd) -> None:
    first = crowd.come("first", idle=0)
    crowd.come("idle", idle=10)
    crowd.descriptors.scarce = True
    crowd.descriptors.make_room()
    assert crowd.cut == ["idle"]
    assert crowd.ask(first) == 200
    last = crowd.come("last")
    assert crowd.ask(last) == 503
    assert crowd.ask(last, "/health") == 200
    crowd.now = 1
    crowd.descriptors.make_room()
    assert crowd.cut == ["idle", "last"]


def test_descriptors_bound_the_connections(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limit, "most_connections", lambda: 1)
    crowd.come("first")
    assert crowd.ask(crowd.come("last", "10.0.0.9")) == 503


def test_the_error_says_what_to_do(crowd: Crowd) -> None:
    for n in range(4):
        crowd.come(str(n), f"10.0.0.{n}")
    flow = tflow.tflow()
    flow.client_conn = crowd.come("last", "10.0.0.9")
    with pytest.raises(TooManyConnections, match=r"limits\.connections.*try again"):
        crowd.connections.check(flow)
