"""The way to GigaChat through a proxy of the company's: CONNECT, and nothing of ours before TLS.

mitmproxy's own would put user and password into a flow that every addon sees, and reads the proxy's
answer without a bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple
from weakref import WeakKeyDictionary

from mitmproxy.connection import Connection, Server
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http._upstream_proxy import HttpUpstreamProxy

from gigagate.core import company_proxy, response_head
from gigagate.core.company_proxy import CompanyProxy

_outer: WeakKeyDictionary[Connection, Server] = WeakKeyDictionary()
"""GigaChat's connection -> that to the proxy which carries it."""
_inner: WeakKeyDictionary[Connection, Server] = WeakKeyDictionary()
"""The same the other way round."""


class ProxyRefusal(str):
    """What mitmproxy hands on as a connection's error, and that it is the proxy's."""

    passes: bool

    @classmethod
    def of(cls, text: str, *, passes: bool) -> "ProxyRefusal":
        fault = cls(text)
        fault.passes = passes
        return fault


class Tunnel(NamedTuple):
    outer: Server
    """To the proxy."""
    inner: Server
    """To GigaChat, within."""


@dataclass
class TunnelHook(commands.StartHook):
    """The proxy has opened the way; what is left to do is TLS, if there is any."""

    name = "gigagate_tunnel"
    tunnel: Tunnel


class ThroughProxy(HttpUpstreamProxy):
    proxy_of: ClassVar[Callable[[Server], CompanyProxy | None]] = lambda server: None
    """The proxy that a connection to GigaChat is to be made through; None for any other connection.
    Set once at the start."""

    def __init__(self, ctx: Context, tunnel_conn: Server, send_connect: bool) -> None:
        super().__init__(ctx, tunnel_conn, send_connect)
        _outer[self.conn] = tunnel_conn
        _inner[tunnel_conn] = self.conn

    def start_handshake(self) -> CommandGenerator[None]:
        proxy, address = self.way(), self.conn.address
        if address is None:
            raise RuntimeError("not the way to GigaChat")
        host = f"[{address[0]}]" if ":" in address[0] else address[0].encode("idna").decode()
        target = f"{host}:{address[1]}"
        head = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if proxy.authorization:
            head.append(f"Proxy-Authorization: {proxy.authorization}")
        request = "".join(f"{line}\r\n" for line in (*head, "")).encode()
        yield commands.SendData(self.tunnel_connection, request)

    def receive_handshake_data(self, data: bytes) -> CommandGenerator[tuple[bool, str | None]]:
        self.buf += data
        lines = self.buf.maybe_extract_lines()
        if lines is None:
            if len(self.buf) > response_head.MAX_BYTES:
                return False, self.fault("it answers without end")
            return False, None
        try:
            status = response_head.read([bytes(line) for line in lines]).status
        except ValueError:
            return False, self.fault("it does not speak HTTP")
        if not 200 <= status < 300:
            told = company_proxy.refusal(self.way(), status, self.gigachat())
            return False, ProxyRefusal.of(told, passes=company_proxy.passes_by_itself(status))
        if self.buf:  # TLS begins with what the client says
            return False, self.fault("it says more than was asked")
        yield TunnelHook(Tunnel(self.tunnel_connection, self.conn))
        return True, None

    def event_to_child(self, event: events.Event) -> CommandGenerator[None]:
        if isinstance(event, events.OpenConnectionCompleted):
            error = event.reply
            if error and not isinstance(error, ProxyRefusal):
                error = ProxyRefusal.of(f"{self.way()} cannot be reached: {error}", passes=True)
                event = events.OpenConnectionCompleted(event.command, error)
        yield from super().event_to_child(event)

    def fault(self, what: str) -> ProxyRefusal:
        return ProxyRefusal.of(f"{self.way()} is of no use: {what}", passes=False)

    def way(self) -> CompanyProxy:
        if (proxy := type(self).proxy_of(self.conn)) is None:
            raise RuntimeError("not the way to GigaChat")
        return proxy

    def gigachat(self) -> str:
        return self.conn.address[0] if self.conn.address else "GigaChat"


def outermost(connection: Connection) -> Connection:
    """What a socket belongs to."""
    return _outer.get(connection, connection)


def innermost(connection: Connection) -> Connection:
    """What it leads to: GigaChat, also where a proxy carries it."""
    return _inner.get(connection, connection)
