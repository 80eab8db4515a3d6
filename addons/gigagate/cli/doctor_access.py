"""doctor's look at one way into GigaChat, from the handshake to the list of models."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from gigagate import outbound, upstream_models
from gigagate.client_certificate import ClientCertificate
from gigagate.core import key_owner
from gigagate.errors import GigaGateError
from gigagate.plural import counted
from gigagate.settings import environment
from gigagate.settings.upstream import Opened
from gigagate.tokens import NO_TOKEN, AccessToken, oauth_client

SECONDS = 15.0
"""The patience with each question to a server."""


class Finding(NamedTuple):
    what: str
    fine: bool | None
    """None: fine, but worth knowing; or not checked."""
    told: str


class Way:
    def __init__(self, opened: Opened, ca_file: Path | None, default_model: str) -> None:
        """ca_file: as trust.bundle returned it."""
        self._opened = opened
        self._ca_file = ca_file
        self._default_model = default_model
        self._certificate: ClientCertificate | None = None
        self.server_date: str | None = None
        """What a server has said of the time."""

    def handshakes(self) -> Iterator[Finding]:
        login, upstream = self._opened.login, self._opened.upstream
        if login.authorization_key is not None:
            yield self._handshake("OAuth host", upstream.auth_url)
        if login.certificate is not None:
            try:
                self._certificate = ClientCertificate(login.certificate)
                yield self._told(client_certificate(self._certificate))
            except GigaGateError as error:
                yield self._finding("client cert", False, error.message)
        yield self._handshake("GigaChat", upstream.base_url, self._certificate)

    def access(self) -> Iterator[Finding]:
        login, certificate = self._opened.login, self._certificate
        owner = key_owner.of(login.kind, self._opened.name)
        client = oauth_client(login, self._opened.upstream, self._ca_file, owner, certificate)
        if client is not None:
            try:
                token = client.fetch()
            except GigaGateError as error:
                yield self._finding("OAuth", False, error.message)
                return
            minutes = round((token.expires_at - time.time()) / 60)
            yield self._finding("OAuth", True, f"gave a token for {counted(minutes, 'minute')}")
            yield self._models(token)
        elif certificate is not None and login.access_token is None:
            told = "not asked: the client certificate alone opens GigaChat"
            yield self._finding("OAuth", True, told)
            yield self._models(NO_TOKEN)
        if login.access_token is not None:
            variable = environment.variable_of_credential("access_token", self._opened.name)
            yield self._finding("token", None, f"{variable} is used as it is, never renewed")
            yield self._models(AccessToken(login.access_token.reveal(), 0))

    def _handshake(
        self, what: str, url: str, certificate: ClientCertificate | None = None
    ) -> Finding:
        """Any answer at all will do: it came through a verified connection."""
        host, upstream = urlsplit(url).netloc, self._opened.upstream
        proxy = upstream.ways.to_gigachat(url)
        try:
            answer = outbound.ask(
                "GET",
                url,
                verify=upstream.verify_by(self._ca_file),
                proxy=proxy,
                seconds=SECONDS,
                limit=0,
                certificate=certificate,
            )
        except outbound.NotTrusted:
            told = (
                f"{host}: its certificate is not trusted. If it is a private one, name its "
                "authority's file in GIGACHAT_CA_BUNDLE_FILE"
            )
            return self._finding(what, False, told)
        except outbound.ProxyFault as fault:
            return self._finding(what, False, str(fault))
        except outbound.OutboundError as error:
            told = (
                f"{host} cannot be reached ({error}). Check the network, a "
                "firewall, and the address in the settings"
            )
            return self._finding(what, False, told)
        self.server_date = self.server_date or answer.headers.get("date")
        return self._finding(
            what, True, f"{host} answers{f' through {proxy}' if proxy is not None else ''}"
        )

    def _models(self, token: AccessToken) -> Finding:
        upstream = self._opened.upstream
        try:
            names = upstream_models.fetch(upstream, self._ca_file, token, self._certificate)
        except GigaGateError as error:
            return self._finding("models", False, error.message)
        default = self._default_model
        if default.partition(":")[0] in {name.partition(":")[0] for name in names}:
            return self._finding("models", True, f"{len(names)}, the default {default} among them")
        if self._opened.name:  # another credential may have it
            return self._finding("models", None, f"{len(names)}, without the default {default}")
        told = (
            f"the default model {default} is not among GigaChat's ({', '.join(names)}). "
            "Set GIGACHAT_MODEL to one of them"
        )
        return self._finding("models", False, told)

    def _finding(self, what: str, fine: bool | None, told: str) -> Finding:
        return self._told(Finding(what, fine, told))

    def _told(self, finding: Finding) -> Finding:
        """With the name of the credential, where there are several."""
        name = self._opened.name
        return finding._replace(what=f"{name}: {finding.what}") if name else finding


def client_certificate(certificate: ClientCertificate) -> Finding:
    """Read already, so its key fits and each of its chain has signed the one before."""
    if warning := certificate.warning():
        return Finding("client cert", False if certificate.days_left() < 0 else None, warning)
    told = (
        f"{certificate.subject}, signed by {certificate.issuer}, "
        f"good for {counted(round(certificate.days_left()), 'day')}; its key fits"
    )
    return Finding("client cert", True, told)
