"""Whose a connection to GigaChat is: one that shows an account's certificate serves no other.

mitmproxy tells connections apart by their address; ours are told apart by their account too.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from mitmproxy import ctx
from mitmproxy.connection import Connection, Server
from mitmproxy.proxy.layers.http import GetHttpConnection
from mitmproxy.tls import TlsData
from OpenSSL import SSL

from gigagate.accounts.account import Account
from gigagate.client_certificate import CertificateAndKey, ClientCertificate
from gigagate.core.company_proxy import CompanyProxy
from gigagate.hooks.wire.connecting import by
from gigagate.hooks.wire.through_proxy import innermost
from gigagate.settings import Upstream

_accounts: WeakKeyDictionary[Connection, Account] = WeakKeyDictionary()


def belongs_to(connection: Connection, account: Account | None) -> None:
    if account is not None:
        _accounts[connection] = account


@dataclass
class GetAccountConnection(GetHttpConnection):
    account: Account | None = None

    @classmethod
    def of(cls, account: Account) -> "GetAccountConnection":
        upstream = account.upstream
        return cls(upstream.address, upstream.tls, by(upstream.proxy), account=account)

    def __hash__(self) -> int:
        return id(self)

    def connection_spec_matches(self, connection: Connection) -> bool:
        return _accounts.get(connection) is self.account is not None and isinstance(
            connection, Server
        )


def proxy_of(server: Server) -> CompanyProxy | None:
    """On the way to the GigaChat of its account; None also for what may not be reached."""
    upstream = _upstream_of(server)
    return None if upstream is None else upstream.proxy


def is_way_to_gigachat(server: Server) -> bool:
    """Whether the socket leads to an account's GigaChat, or to the proxy that its way goes through;
    what then goes through that is asked of proxy_of."""
    gigachat = innermost(server)
    upstream = _upstream_of(gigachat)
    if upstream is None:
        return False
    if gigachat is server:
        return upstream.proxy is None
    proxy = upstream.proxy
    return proxy is not None and server.address == proxy.address and not server.tls


def leads_to(connection: Connection, upstream: Upstream) -> bool:
    account = _accounts.get(innermost(connection))
    return account is not None and account.upstream == upstream


def _upstream_of(server: Connection) -> Upstream | None:
    """None unless the connection leads where its account is, and as it must."""
    account = _accounts.get(server)
    if account is None or not isinstance(server, Server):
        return None
    upstream = account.upstream
    right = server.address == upstream.address and server.tls == upstream.tls
    return upstream if right else None


class ClientCertificates:
    """Shown on the connections of their accounts, and on no others."""

    def __init__(self, ca_file: str | None) -> None:
        self._ca_file = ca_file
        self._contexts: WeakKeyDictionary[
            ClientCertificate, tuple[CertificateAndKey, SSL.Context]
        ] = WeakKeyDictionary()

    def show(self, data: TlsData) -> None:
        account = _accounts.get(data.conn)
        if account is None or account.certificate is None:
            return
        ctx.master.addons.get("tlsconfig").tls_start_server(data)  # which would come after us
        if data.ssl_conn is None:
            return  # then mitmproxy closes the connection
        # whom we trust, and by which name, belongs to the connection and stays
        data.ssl_conn.set_context(self._context(account.certificate))
        SSL._lib.SSL_set_post_handshake_auth(data.ssl_conn._ssl, 1)  # type: ignore[attr-defined]

    def _context(self, certificate: ClientCertificate) -> SSL.Context:
        content, context = self._contexts.get(certificate, (None, None))
        if context is None or content is not certificate.content:
            content = certificate.content
            context = _context(content, self._ca_file)
            self._contexts[certificate] = content, context
        return context


def _context(content: CertificateAndKey, ca_file: str | None) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    own, *signers = content.chain
    context.use_certificate(own)
    for signer in signers:
        context.add_extra_chain_cert(signer)
    context.use_privatekey(content.key)
    return context
