"""Whose access to GigaChat a call uses: the token, the slots and the uploaded files of one key.

With GIGAGATE_AUTH_MODE=passthrough each client's key has an account; else one is for all.
Two of one key, where one was forgotten and is back, keep to one limit: the store lends to both.
"""

import asyncio
import logging
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gigagate.accounts import client_key
from gigagate.accounts.token_wait import TokenWait
from gigagate.away import Away
from gigagate.client_certificate import ClientCertificate
from gigagate.core import key_owner
from gigagate.core.key_owner import KeyOwner
from gigagate.core.learnt import Learnt
from gigagate.core.model_list import ModelList
from gigagate.errors import CredentialError, InvalidApiKey, SettingsError, TokenUnavailable
from gigagate.files.client import FileClient
from gigagate.files.fetch import FileFetcher
from gigagate.files.uploads import Uploads
from gigagate.outage import Switch
from gigagate.settings import Login, Secret, Settings, Upstream
from gigagate.settings.upstream import Opened
from gigagate.slots import Slots, open_slots
from gigagate.store.redis_server import RedisServer
from gigagate.tokens import ReadyToken, open_source, store_key

logger = logging.getLogger(__name__)

REMEMBERED = 1000
"""Accounts of clients."""
NAME_LENGTH = 32
FAILURES = 3
MAX_FETCHES = 32
"""Calls of one account that fetch at the same time."""


def _pass() -> None:
    """Any key may be met."""


@dataclass(slots=True)
class Aside:
    """GigaChat refuses the credential; others are used until it is tried again."""

    until: float = -math.inf
    """The time by time.monotonic()."""
    failed_at: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))
    """The last failures of its server's."""
    reason: str = ""


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
    away: Away
    oauth_away: Away
    """What is told of the two outages."""
    upstream: Upstream
    certificate: ClientCertificate | None = None
    label: str = ""
    """The credential's name in the settings; "" for the only one, and for those of clients."""
    serves: tuple[str, ...] = ()
    """Models, as settings.credentials has them."""
    weight: float | None = None
    aside: Aside = field(default_factory=Aside)
    models: ModelList = field(default_factory=ModelList)
    learnt: Learnt = field(default_factory=Learnt)
    fetches: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_FETCHES))
    """Taken by each call that fetches files from elsewhere."""


class Accounts:
    def __init__(
        self, settings: Settings, ca_file: Path | None, server: RedisServer | None
    ) -> None:
        """server: what processes share tokens and slots in; None: files of the state directory."""
        self._settings = settings
        self._ca_file = ca_file
        self._server = server
        self._of_clients: OrderedDict[str, Account] = OrderedDict()
        self._forgotten_oauth_calls = 0
        self.away = Away("GigaChat")
        self.oauth_away = Away("The server of access tokens")
        self.own: Account | None = None
        """The first of the proxy's own accounts; None if each client brings its own."""
        files = settings.login.certificate if settings.auth_mode == "passthrough" else None
        self._certificates = [ClientCertificate(files)] if files else []
        """The first is for all clients, where each brings its own key."""
        self.pool: tuple[Account, ...] = tuple(map(self._open_own, settings.opened))
        self.own = self.pool[0] if self.pool else None

    def __iter__(self) -> Iterator[Account]:
        return iter(self.pool or list(self._of_clients.values()))

    def require_own(self) -> Account:
        """Raises TokenUnavailable if there is none."""
        if self.own is None:
            raise TokenUnavailable(
                "This proxy has no key of its own, and so no token: each client brings its key "
                "(GIGAGATE_AUTH_MODE=passthrough)."
            )
        return self.own

    def of_client(self, keys: Iterable[str], meets: Callable[[], None] = _pass) -> Account:
        """The account of the first of the keys a request brings that can be one of GigaChat's.

        meets: called before a key that is new here has one; what it raises is raised.
        Raises InvalidApiKey.
        """
        problem = "no key was sent"
        for key in keys:
            try:
                login, upstream = client_key.read(key, self._settings.upstream)
            except ValueError as error:
                problem = str(error)
            else:
                return self._of_key(login, upstream, meets)
        raise InvalidApiKey(
            "The API key of your client must be your own GigaChat authorization key, which this "
            f"proxy uses for you: {problem}. It is sent as Authorization: Bearer or x-api-key."
        )

    def named(self, name: str) -> Account | None:
        return self._of_clients.get(name)

    def adjust(self, settings: Settings) -> None:
        """The settings have changed; which accounts there are stays."""
        self._settings = settings
        limits = settings.limits
        opened = {one.name: one for one in settings.opened}
        for account in self:
            of_settings = opened.get(account.label)
            slots = of_settings.slots if of_settings is not None else settings.slots
            account.slots.adjust(slots, limits.queue, limits.queue_seconds, limits.client_weights)
            if of_settings is not None:
                _renew_token(account, of_settings.login.access_token)

    def renew_certificates(self) -> None:
        """Looks at their files.  Never raises; what does not fit is told, and the old one stays."""
        for certificate in self._certificates:
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
        for certificate in self._certificates:
            if warning := certificate.warning():
                yield warning

    def refresh_tokens(self) -> None:
        """A new access token for each of the proxy's own accounts.  Blocks.

        Raises CredentialError where one cannot be had, once all have been asked for.
        """
        self.require_own()
        failure: CredentialError | None = None
        for account in self.pool:
            try:
                account.tokens.source.refresh()
            except CredentialError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    def oauth_calls(self) -> int:
        calls = (account.tokens.source.status()["oauth_calls"] for account in self)
        return sum(calls, self._forgotten_oauth_calls)

    def aways(self) -> Iterator[Away]:
        yield from (self.away, self.oauth_away)
        for account in self.pool:
            yield from (account.away, account.oauth_away)

    def start(self) -> None:
        """Let other processes know of this one."""
        if self._server is not None:
            for account in self.pool:
                account.slots.start()

    def close(self) -> None:
        for account in self:
            account.slots.close()

    def _open_own(self, opened: Opened) -> Account:
        files = opened.login.certificate
        certificate = ClientCertificate(files) if files else None
        if certificate is not None:
            self._certificates.append(certificate)
        return self._open(opened, "", key_owner.of(opened.login.kind, opened.name), certificate)

    def _of_key(self, login: Login, upstream: Upstream, meets: Callable[[], None]) -> Account:
        name = store_key(login, upstream)[:NAME_LENGTH]
        account = self._of_clients.get(name)
        if account is None:
            meets()
            opened = Opened("", login, upstream, self._settings.slots)
            certificate = next(iter(self._certificates), None)
            account = self._open(opened, name, key_owner.CLIENT, certificate)
            self._of_clients[name] = account
            if len(self._of_clients) > REMEMBERED:
                _, forgotten = self._of_clients.popitem(last=False)
                self._forgotten_oauth_calls += forgotten.tokens.source.status()["oauth_calls"]
        self._of_clients.move_to_end(name)
        return account

    def _open(
        self, opened: Opened, name: str, owner: KeyOwner, certificate: ClientCertificate | None
    ) -> Account:
        settings, ca_file, server = self._settings, self._ca_file, self._server
        login, upstream = opened.login, opened.upstream
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
        slots = open_slots(settings, identity, server, stays=bool(server) and not name)
        limits = settings.limits
        slots.adjust(opened.slots, limits.queue, limits.queue_seconds, limits.client_weights)
        away, oauth_away = self.away, self.oauth_away
        if opened.name:
            away = Away(f"GigaChat (the credential {opened.name})")
            oauth_away = Away(f"The server of access tokens (the credential {opened.name})")
        return Account(
            name,
            TokenWait(source, Switch(oauth_away)),
            slots,
            Uploads(client, FileFetcher(), lambda: self._settings.images.max_bytes),
            client,
            Switch(away),
            away,
            oauth_away,
            upstream,
            certificate,
            opened.name,
            opened.models,
            opened.weight,
        )


def _renew_token(account: Account, value: Secret | None) -> None:
    """GIGACHAT_ACCESS_TOKEN_FILE has been written anew by whoever renews the token."""
    source = account.tokens.source
    if value is not None and isinstance(source, ReadyToken):
        source.use(value)
