"""What we rely on in mitmproxy beyond its public API, named one by one.

A new release that moves one of these fails here first.
"""

import asyncio
import inspect

import pytest
from h11._readers import ChunkedReader
from mitmproxy import http
from mitmproxy.addonmanager import AddonManager
from mitmproxy.addons import clientplayback, next_layer, proxyserver, savehar, script
from mitmproxy.proxy import layers, mode_specs
from mitmproxy.proxy.layers.http import (
    Http1Server,
    HttpEvent,
    HttpLayer,
    HttpStream,
    RequestData,
    RequestHeaders,
    ResponseData,
    ResponseHeaders,
    _http1,
)
from mitmproxy.proxy.mode_servers import AsyncioServerInstance
from mitmproxy.proxy.server import ConnectionHandler
from mitmproxy.tools.web import app, web_columns

from gigagate.hooks.patches import ports
from gigagate.hooks.wire.client_side import ClientStream
from gigagate.hooks.wire.http1_client import GigaChatHttp1
from gigagate.hooks.wire.http1_server import LimitedHttp1Server
from gigagate.hooks.wire.http_layer import GigaHttpLayer
from gigagate.hooks.wire.stream import GigaStream

OVERRIDDEN = [
    (HttpLayer, GigaHttpLayer, "_handle_event"),
    (HttpLayer, GigaHttpLayer, "make_stream"),
    (HttpLayer, GigaHttpLayer, "event_to_child"),
    (HttpLayer, GigaHttpLayer, "get_connection"),
    (_http1.Http1Client, GigaChatHttp1, "read_headers"),
    (Http1Server, LimitedHttp1Server, "_handle_event"),
    (Http1Server, LimitedHttp1Server, "read_headers"),
    (Http1Server, LimitedHttp1Server, "read_body"),
    (Http1Server, LimitedHttp1Server, "wait"),
    (HttpStream, ClientStream, "_handle_event"),
    (HttpStream, GigaStream, "start_request_stream"),
    (HttpStream, GigaStream, "handle_connect"),
    (HttpStream, GigaStream, "state_consume_request_body"),
    (HttpStream, GigaStream, "state_wait_for_response_headers"),
    (HttpStream, GigaStream, "handle_protocol_error"),
]


@pytest.mark.parametrize(("base", "ours", "method"), OVERRIDDEN)
def test_an_overridden_method_still_exists_with_its_parameters(
    base: type, ours: type, method: str
) -> None:
    theirs = inspect.signature(getattr(base, method))
    mine = inspect.signature(getattr(ours, method))
    assert list(mine.parameters) == list(theirs.parameters)


@pytest.mark.parametrize(
    "method",
    [
        "check_killed",
        "send_response",
        "state_stream_response_body",
        "state_wait_for_request_headers",
        "state_done",
        "state_errored",
    ],
)
def test_a_method_of_httpstream_that_we_call_exists(method: str) -> None:
    assert callable(getattr(HttpStream, method))


def test_only_known_methods_of_httpstream_send_a_request_upstream() -> None:
    """Each of these is overridden or never reached; another one would be a way around us."""
    sending = {
        name
        for name, method in inspect.getmembers(HttpStream, inspect.isfunction)
        if "RequestHeaders(" in inspect.getsource(method)
    }
    assert sending == {"start_request_stream", "state_consume_request_body"}


def test_mitmproxys_error_page_is_made_by_one_function() -> None:
    assert list(inspect.signature(_http1.make_error_response).parameters) == [
        "status_code",
        "message",
    ]
    assert "make_error_response(" in inspect.getsource(_http1.Http1Server)


def test_answers_are_read_by_one_class_named_in_one_module() -> None:
    source = inspect.getsource(layers.http.HttpClient)
    assert "self.child_layer = Http1Client(self.context)" in source
    assert issubclass(layers.http.Http1Client, _http1.Http1Client)
    assert list(inspect.signature(_http1.Http1Client.read_body).parameters) == ["self", "event"]


def test_replay_builds_its_layer_in_its_constructor() -> None:
    source = inspect.getsource(clientplayback.ReplayHandler.__init__)
    assert "self.layer" in source or "super().__init__" in source
    assert "ReplayHandler(" in inspect.getsource(clientplayback.ClientPlayback.playback)


def test_default_layers_are_chosen_by_one_method() -> None:
    assert list(inspect.signature(next_layer.NextLayer._next_layer).parameters)[1:] == [
        "context",
        "data_client",
        "data_server",
    ]


def test_a_parsed_mode_is_shared_and_says_its_transport() -> None:
    spec = "reverse:https://example.com:443"
    mode = mode_specs.ProxyMode.parse(spec)
    assert mode is mode_specs.ProxyMode.parse(spec)
    assert mode.transport_protocol == "both"


def test_a_script_has_a_watcher_task() -> None:
    assert "self.reloadtask" in inspect.getsource(script.Script.__init__)


def test_listeners_are_kept_in_one_attribute() -> None:
    assert "self._servers" in inspect.getsource(AsyncioServerInstance.__init__)


def test_sockets_are_opened_by_one_function_of_asyncio() -> None:
    source = inspect.getsource(AsyncioServerInstance.listen)
    assert "asyncio.start_server(self.handle_stream, host, port)" in source


async def test_a_shared_port_is_not_shared_with_strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "start_server", plain := asyncio.start_server)

    async def listen(port: int) -> asyncio.Server:
        return await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", port)

    ports.share_the_port(None)
    async with await listen(0) as first:
        port = first.sockets[0].getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            await listen(port)
        monkeypatch.setattr(asyncio, "start_server", plain)
        with pytest.raises(OSError, match="in use"):
            await listen(port)
        ports.share_the_port(port)
        async with await listen(0) as second:
            assert second.sockets[0].getsockname() == first.sockets[0].getsockname()


def test_replay_hands_its_flow_to_the_layer_as_a_replayed_one() -> None:
    assert "replay_flow=self.flow" in inspect.getsource(clientplayback.MockServer)
    assert issubclass(GigaHttpLayer, layers.HttpLayer)


def test_events_go_through_one_method_of_the_addon_manager() -> None:
    assert list(inspect.signature(AddonManager.trigger_event).parameters) == ["self", "event"]
    assert "self.trigger_event(event)" in inspect.getsource(AddonManager.handle_lifecycle)
    for name in ("register", "remove", "clear"):
        assert callable(getattr(AddonManager, name))


def test_a_connection_is_closed_by_cancelling_its_reader() -> None:
    assert list(inspect.signature(ConnectionHandler.handle_connection).parameters) == [
        "self",
        "connection",
    ]
    assert "handler.cancel(" in inspect.getsource(ConnectionHandler.close_connection)


def test_the_clients_server_is_made_once_and_may_be_ours() -> None:
    source = inspect.getsource(HttpLayer._handle_event)
    assert "self.connections.setdefault(self.context.client" in source


def test_h11s_reader_of_chunks_takes_a_buffer_and_knows_the_end() -> None:
    assert list(inspect.signature(ChunkedReader.__call__).parameters) == ["self", "buf"]
    assert callable(ChunkedReader.read_eof)
    assert "self.body_reader(self.buf)" in inspect.getsource(Http1Server.read_body)


def test_the_type_checks_of_messages_do_nothing_else() -> None:
    source = inspect.getsource(http.MessageData.__post_init__)
    assert len(source.strip().splitlines()) == 4
    assert "check_option_type" in source


def test_a_har_is_made_entry_by_entry() -> None:
    assert list(inspect.signature(savehar.SaveHar.flow_entry).parameters) == [
        "self",
        "flow",
        "servers_seen",
    ]
    assert "self.flow_entry(" in inspect.getsource(savehar.SaveHar.make_har)


def test_mitmweb_knows_who_watches() -> None:
    assert app.ClientConnection.connections == set()
    assert {"status", "time", "comment"} <= set(web_columns.AVAILABLE_WEB_COLUMNS)


def test_every_event_of_a_request_names_its_stream() -> None:
    for event in (RequestHeaders, RequestData, ResponseHeaders, ResponseData):
        assert issubclass(event, HttpEvent)
    assert "flow" in HttpStream.__annotations__
    assert "streams" in HttpLayer.__annotations__ or "self.streams" in inspect.getsource(HttpLayer)


def test_a_server_that_cannot_listen_says_so_by_oserror() -> None:
    source = inspect.getsource(AsyncioServerInstance._start)
    assert "raise OSError(e.errno, message" in source
    assert "self.mode.listen_port(ctx.options.listen_port)" in source
    assert "logger.error(str(ret))" in inspect.getsource(proxyserver.Servers.update)
