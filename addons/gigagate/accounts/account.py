"""Whose access to GigaChat a call uses: the token, the slots and the uploaded files of one key.

With GIGAGATE_AUTH_MODE=passthrough each client's key has an account; else one is for all.
Two of one key, where one was forgotten and is back, keep to one limit: the store lends to both.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gigagate.accounts import client_key
from gigagate.accounts.token_wait import TokenWait
from gigagate.away import Away
from gigagate.client_certificate import ClientCertificate
from gigagate.core import key_owner
from gigagate.core.learnt import Learnt
from gigagate.core.model_list import ModelList
from gigagate.errors import InvalidApiKey, SettingsError, TokenUnavailable
from gigagate.files.client import FileClient
from gigagate.files.fetch import Fetcher
from gigagate.files.uploads import Uploads
from gigagate.outage import Switch
from gigagate.settings import Login, Secret, Settings, Upstream
from gigagate.slots import Slots, open_slots
from gigagate.store.redis_server import RedisServer
from gigagate.tokens import ReadyToken, open_source, store_key

logger = logging.getLogger(__name__)

REMEMBERED = 1000
"""Accounts of clients."""
NAME_LENGTH = 32
MAX_FETCHES = 32
"""Calls of one account that fetch at the same time."""


@dataclass(frozen=True, eq=False, slots=True)
class Account:
    name: str
    """Made of the key's hash; "" for the proxy's own."""
    tokens: TokenWait
    slots: Slots
    uploads: Uploads
    client: FileClient
    outage: Switch
    """GigaChat's, as this account sees it; that of OAuth is `tokens.outage`."""
    upstream: Upstream
    certificate: ClientCertificate | None = None
    models: ModelList = field(default_factory=ModelList)
    learnt: Learnt = field(default_factory=Learnt)
    fetches: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_FETCHES))
    """Taken by each call that fetches files from elsewhere."""


class Accounts:
    def __init__(self, settings: Settings, ca_file: Path | None) -> None:
        self._settings = settings
        self._ca_file = ca_file
        self._server = RedisServer(settings.store) if settings.store else None
        self._of_clients: OrderedDict[str, Account] = OrderedDict()
        self._forgotten_oauth_calls = 0
        self.away = Away("GigaChat")
        self.oauth_away = Away("The server of access tokens")
        self.own: Account | None = None
        """The account of the proxy's own key; None if each client brings its own."""
        files = settings.login.certificate
        self._certificate = ClientCertificate(files) if files else None
        if settings.auth_mode == "shared" and settings.login:
            self.own = self._open(settings.login, settings.upstream, "")

    def __iter__(self) -> Iterator[Account]:
        return iter([self.own] if self.own else list(self._of_clients.values()))

    def require_own(self) -> Account:
        """Raises TokenUnavailable if there is none."""
        if self.own is None:
            raise TokenUnavailable(
                "This proxy has no key of its own, and so no token: each client brings its key "
                "(GIGAGATE_AUTH_MODE=passthrough)."
            )
        return self.own

    def of_client(self, keys: Iterable[str]) -> Account:
        """The account of the first of the keys a request brings that can be one of GigaChat's.

        Raises InvalidApiKey.
        """
        problem = "no key was sent"
        for key in keys:
            try:
                return self._of_key(*client_key.read(key, self._settings.upstream))
            except ValueError as error:
                problem = str(error)
        raise InvalidApiKey(
            "The API key of your client must be your own GigaChat authorization key, which this "
            f"proxy uses for you: {problem}. It is sent as Authorization: Bearer or x-api-key."
        )

    def named(self, name: str) -> Account | None:
        return self._of_clients.get(name)

    def adjust(self, settings: Settings) -> None:
        """The settings have changed."""
        self._settings = settings
        self._renew_token(settings.access_token)
        limits = settings.limits
        for account in self:
            account.slots.adjust(
                settings.slots, limits.queue, limits.queue_seconds, limits.client_weights
            )

    def _renew_token(self, value: Secret | None) -> None:
        """GIGACHAT_ACCESS_TOKEN_FILE has been written anew by whoever renews the token."""
        source = self.own.tokens.source if self.own is not None else None
        if value is not None and isinstance(source, ReadyToken):
            source.use(value)

    def renew_certificates(self) -> None:
        """Looks at their files.  Never raises; what does not fit is told, and the old one stays."""
        for certificate in filter(None, [self._certificate]):
            try:
                if certificate.look():
                    logger.warning(
                        "A renewed client certificate is in use: %s, for %.0f days",
                        certificate.subject,
                        certificate.days_left(),
                    )
            except SettingsError as error:
                logger.error("The old client certificate stays in use: %s", error.message)

    def certificate_warnings(self) -> Iterator[str]:
        for certificate in filter(None, [self._certificate]):
            if warning := certificate.warning():
                yield warning

    def oauth_calls(self) -> int:
        calls = (account.tokens.source.status()["oauth_calls"] for account in self)
        return sum(calls, self._forgotten_oauth_calls)

    def start(self) -> None:
        """Let other processes know of this one."""
        if self.own is not None and self._server is not None:
            self.own.slots.start()

    def close(self) -> None:
        for account in self:
            account.slots.close()

    def _of_key(self, login: Login, upstream: Upstream) -> Account:
        name = store_key(login, upstream)[:NAME_LENGTH]
        account = self._of_clients.get(name)
        if account is None:
            account = self._of_clients[name] = self._open(login, upstream, name)
            if len(self._of_clients) > REMEMBERED:
                _, forgotten = self._of_clients.popitem(last=False)
                self._forgotten_oauth_calls += forgotten.tokens.source.status()["oauth_calls"]
        self._of_clients.move_to_end(name)
        return account

    def _open(self, login: Login, upstream: Upstream, name: str) -> Account:
        settings, ca_file, server = self._settings, self._ca_file, self._server
        certificate = self._certificate
        owner = key_owner.CLIENT if name else key_owner.OF_KINDS[login.kind]
        source = open_source(
            settings,
            login,
            ca_file,
            server,
            upstream=upstream,
            owner=owner,
            certificate=certificate,
        )
        identity = store_key(login, upstream)
        client = FileClient(upstream, source, ca_file, owner, certificate)
        return Account(
            name,
            TokenWait(source, Switch(self.oauth_away)),
            open_slots(settings, identity, server, stays=bool(server) and not name),
            Uploads(client, Fetcher(), lambda: self._settings.images.max_bytes),
            client,
            Switch(self.away),
            upstream,
            certificate,
        )
