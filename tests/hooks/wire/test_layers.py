"""Which layers a connection gets, and which connections may be made."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.connection import Server
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers import ClientTLSLayer, modes
from mitmproxy.test import taddons, tflow
from tests.support.hooks import runtime

from gigagate.core.company_proxy import CompanyProxy, Ways
from gigagate.hooks.wire.account_connection import belongs_to, proxy_of
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.layers import Layers
from gigagate.hooks.wire.refuse import Refuse
from gigagate.hooks.wire.shared import Shared
from gigagate.hooks.wire.through_proxy import ThroughProxy
from gigagate.settings import Upstream

TLS_HELLO = bytes.fromhex("160301002a0100")


@pytest.fixture
def context() -> Iterator[Context]:
    with taddons.context() as found:
        made = Context(tflow.tclient_conn(), found.options)
        modes.ReverseProxy(made)
        yield made


def layers_in(folder: Path) -> Layers:
    nothing: Any = None
    return Layers(Shared(runtime(folder), nothing, nothing, nothing))


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    return layers_in(tmp_path)


def chosen(layers: Layers, context: Context, sent: bytes) -> Any:
    asked: Any = SimpleNamespace(layer=None, context=context, data_client=lambda: sent)
    layers.next_layer(asked)
    return asked.layer


async def test_http_and_tls_are_spoken(layers: Layers, context: Context) -> None:
    assert isinstance(chosen(layers, context, b"GET / HTTP/1.1"), GigaHttpLayer)
    del context.layers[1:]
    assert isinstance(chosen(layers, context, TLS_HELLO), ClientTLSLayer)
    assert context.server.tls is False, "as the base URL says"


def test_all_else_is_refused(layers: Layers, context: Context) -> None:
    context.layers.clear()
    modes.HttpProxy(context)
    assert isinstance(chosen(layers, context, b"GET / HTTP/1.1"), Refuse)
    context.layers.clear()
    assert isinstance(chosen(layers, context, b"GET / HTTP/1.1"), Refuse)


def test_a_fault_of_ours_closes_the_connection(layers: Layers, context: Context) -> None:
    asked: Any = SimpleNamespace(layer=None, context=context)
    layers.next_layer(asked)
    assert isinstance(asked.layer, Refuse)


def test_what_another_addon_has_chosen_stays(layers: Layers) -> None:
    asked: Any = SimpleNamespace(layer="another's")
    layers.next_layer(asked)
    assert asked.layer == "another's"


def connected(layers: Layers, server: Server) -> str | None:
    layers.server_connect(SimpleNamespace(server=server))  # type: ignore[arg-type]
    return server.error


def gigachat_of(upstream: Upstream) -> Server:
    """The connection to an account's GigaChat."""
    server = Server(address=upstream.address)
    server.tls = upstream.tls
    account: Any = SimpleNamespace(upstream=upstream)
    belongs_to(server, account)
    return server


COMPANY = CompanyProxy("proxy.corp", 3128, "HTTPS_PROXY")
DIRECT = Upstream(base_url="https://gigachat.test")
BEYOND = Upstream(base_url="https://gigachat.test", ways=Ways(by_scheme={"https": COMPANY}))
REFUSED = "GigaGate connects to GigaChat only"


def test_no_connection_is_made_but_to_gigachat(layers: Layers) -> None:
    assert connected(layers, Server(address=("evil.example", 443))) == REFUSED
    assert connected(layers, Server(address=("gigachat.test", 443))) == REFUSED, "of no account"
    assert connected(layers, gigachat_of(DIRECT)) is None
    plain = gigachat_of(DIRECT)
    plain.tls = False
    assert connected(layers, plain) == REFUSED


def test_each_account_has_its_own_way(layers: Layers, context: Context) -> None:
    """One goes through the company's proxy only, another beside it never does."""

    def to_proxy_for(upstream: Upstream, address: tuple[str, int]) -> Server:
        context.server = gigachat_of(upstream)
        outer = Server(address=address)
        ThroughProxy(context, outer, send_connect=True)
        return outer

    assert connected(layers, to_proxy_for(BEYOND, COMPANY.address)) is None
    assert connected(layers, to_proxy_for(BEYOND, ("evil.example", 3128))) == REFUSED
    assert connected(layers, to_proxy_for(DIRECT, COMPANY.address)) == REFUSED
    assert connected(layers, gigachat_of(BEYOND)) == REFUSED
    assert connected(layers, Server(address=COMPANY.address)) == REFUSED
    assert ThroughProxy.proxy_of is proxy_of
    assert proxy_of(gigachat_of(BEYOND)) is COMPANY
    assert proxy_of(gigachat_of(DIRECT)) is proxy_of(Server(address=COMPANY.address)) is None
