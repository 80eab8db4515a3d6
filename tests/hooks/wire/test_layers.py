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

from gigagate.core.company_proxy import CompanyProxy
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.layers import Layers
from gigagate.hooks.wire.refuse import Refuse
from gigagate.hooks.wire.shared import Shared
from gigagate.hooks.wire.through_proxy import ThroughProxy

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


def test_no_connection_is_made_but_to_gigachat(
    layers: Layers, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Server(address=("evil.example", 443))
    assert connected(layers, stranger) == "GigaGate connects to GigaChat only"
    monkeypatch.setattr("gigagate.hooks.wire.layers.is_allowed", lambda server: True)
    assert connected(layers, Server(address=("gigachat.test", 80))) is None


def test_behind_a_companys_proxy_that_is_the_only_one(
    layers: Layers, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = CompanyProxy("proxy.corp", 3128, "HTTPS_PROXY")
    monkeypatch.setattr(layers, "_upstream", SimpleNamespace(proxy=proxy))
    assert connected(layers, Server(address=("proxy.corp", 3128))) is None
    assert connected(layers, Server(address=("gigachat.test", 80))) is not None
    assert ThroughProxy.may_reach == layers.is_gigachat
